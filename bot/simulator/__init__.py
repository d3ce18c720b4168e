"""A Twilio on this machine, and phones in the browser: the demo, and the tests' only test bed.

It speaks Twilio's REST API, signs its webhooks and refuses what Twilio refuses. Loopback only.
"""
