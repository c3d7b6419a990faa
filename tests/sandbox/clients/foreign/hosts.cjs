// Preloaded into a Node program: sends its calls to Xero's hosts to the sandbox. Changes nothing else.
"use strict";

const http = require("http");
const https = require("https");

const sandbox = new URL(process.env.SANDBOX_ORIGIN);
const hosts = new Set(["api.xero.com", "identity.xero.com", "login.xero.com"]);
const httpsRequest = https.request;

function optionsOf(first, second) {
  if (typeof first !== "string" && !(first instanceof URL)) {
    return { ...first };
  }
  const url = new URL(first);
  return {
    ...(typeof second === "object" ? second : {}),
    hostname: url.hostname,
    path: url.pathname + url.search,
  };
}

https.request = function request(...values) {
  const options = optionsOf(values[0], values[1]);
  const host = String(options.hostname || options.host).split(":")[0];
  if (!hosts.has(host)) {
    return httpsRequest.apply(https, values);
  }
  const answered = values.find((value) => typeof value === "function");
  const sent = {
    ...options,
    protocol: "http:",
    host: sandbox.hostname,
    hostname: sandbox.hostname,
    port: sandbox.port,
    agent: undefined,
  };
  delete sent.agents;
  delete sent.nativeProtocols;
  return http.request(sent, answered);
};
