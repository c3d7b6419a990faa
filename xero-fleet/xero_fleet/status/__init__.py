"""How the fleet is: which organisations are late, why, what to do, and what a month costs."""
