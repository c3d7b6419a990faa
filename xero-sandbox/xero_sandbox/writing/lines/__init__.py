"""Line items of documents: amounts and tax, tracking options, and stock."""
