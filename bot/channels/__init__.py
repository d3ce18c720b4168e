"""The channels people are reached by. The only place that knows Twilio."""
