"""Twilio's numbers and lists: error codes, fields, template languages, SMS keywords. Data only."""

# code: (HTTP status when it is the answer to a request, Twilio's words).
# Sources: the error dictionary (twilio.com/docs/api/errors) and the 2026 pages of the 63xxx codes.
ERRORS: dict[int, tuple[int, str]] = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20009: (400, "Cannot delete message because delivery has not been completed"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    20503: (503, "Service Unavailable"),
    21211: (400, "Invalid 'To' Phone Number"),
    21408: (400, "Permission to send has not been enabled for the region of 'To'"),
    21602: (400, "Message body is required"),
    21603: (400, "'From' phone number is required"),
    21604: (400, "'To' phone number is required"),
    21606: (400, "The 'From' phone number is not a valid, message-capable Twilio phone number"),
    21609: (400, "Invalid 'StatusCallback' URL"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21623: (400, "Number of media files exceeds allowed limit"),
    21624: (400, "The value of ValidityPeriod is invalid"),
    21654: (400, "ContentSid Required"),
    21655: (400, "The ContentSid is Invalid"),
    21656: (400, "The ContentVariables Parameter is invalid"),
    21910: (400, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel"),
    30003: (400, "Unreachable destination handset"),
    30004: (400, "Message blocked"),
    30005: (400, "Unknown destination handset"),
    30006: (400, "Landline or unreachable carrier"),
    30007: (400, "Message filtered"),
    30008: (400, "Unknown error"),
    35111: (400, "SendAt timestamp is missing"),
    35114: (400, "SendAt time must be between 900 seconds and 35 days in the future"),
    35118: (400, "MessagingServiceSid is required to schedule a message"),
    63003: (400, "Channel could not find To address"),
    63005: (400, "Channel did not accept given content"),
    63007: (400, "Twilio could not find a Channel with the specified From address"),
    63013: (400, "This message send failed because it violates Channel provider's policy"),
    63014: (400, "This message failed to be delivered because it was blocked by a user action"),
    63016: (400, "Failed to send freeform message because you are outside the allowed window"),
    63018: (400, "Rate limit exceeded for Channel"),
    63019: (400, "Media failed to download"),
    63021: (400, "Channel invalid content error"),
    63024: (400, "Invalid message recipient"),
    63028: (400, "Number of parameters provided does not match the expected number"),
    63030: (400, "Unsupported parameter for type of channels message"),
    63031: (400, "Message cannot have the same From and To"),
    63032: (400, "We cannot send this message to this user because of a WhatsApp limitation"),
    63033: (400, "Recipient blocked to receive message"),
    63034: (400, "Media exceeds the size limit of the channel"),
    63038: (400, "Account exceeded the daily messages limit"),
    63040: (400, "Template rejected"),
    63041: (400, "Template paused"),
    63042: (400, "Template disabled"),
    63049: (400, "Meta chose not to deliver this WhatsApp marketing message"),
    63051: (400, "WhatsApp Business Account is locked"),
}

# CreateMessageRequest of Twilio's OpenAPI document, and MessageIntent, which only the SDK knows.
MESSAGE_FIELDS = frozenset(
    {
        "AddressRetention", "ApplicationSid", "Attempt", "Body", "ContentRetention", "ContentSid",
        "ContentVariables", "FallbackFrom", "ForceDelivery", "From", "MaxPrice", "MediaUrl",
        "MessageIntent", "MessagingServiceSid", "PersistentAction", "ProvideFeedback", "RiskCheck",
        "ScheduleType", "SendAsMms", "SendAt", "ShortenUrls", "SmartEncoded", "StatusCallback",
        "To", "TrafficType", "ValidityPeriod",
    }
)  # fmt: skip
UPDATE_FIELDS = frozenset({"Body", "Status"})
LIST_FIELDS = frozenset(
    {"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"}
)

# Meta, "supported languages" (21 May 2026). Tigrinya, Amharic, Somali, Oromo, Kurdish and Lingala
# are not in it: such a template is rejected.
TEMPLATE_LANGUAGES = frozenset(
    {
        "af", "sq", "ar", "ar_AE", "ar_BH", "ar_DZ", "ar_EG", "ar_IQ", "ar_JO", "ar_KW", "ar_LB",
        "ar_LY", "ar_MA", "ar_OM", "ar_QA", "ar_SA", "ar_SD", "ar_SY", "ar_TN", "ar_YE", "az",
        "be_BY", "bn", "bn_IN", "bg", "ca", "zh_CN", "zh_HK", "zh_TW", "hr", "cs", "da", "prs_AF",
        "nl", "nl_BE", "en", "en_GB", "en_US", "en_AE", "en_AU", "en_CA", "en_GH", "en_IE", "en_IN",
        "en_JM", "en_MY", "en_NZ", "en_QA", "en_SG", "en_UG", "en_ZA", "et", "fil", "fi", "fr",
        "fr_BE", "fr_CA", "fr_CH", "fr_CI", "fr_MA", "ka", "de", "de_AT", "de_CH", "el", "gu", "ha",
        "he", "hi", "hu", "id", "ga", "it", "ja", "kn", "kk", "rw_RW", "ko", "ky_KG", "lo", "lv",
        "lt", "mk", "ms", "ml", "mr", "nb", "ps_AF", "fa", "pl", "pt_BR", "pt_PT", "pa", "ro", "ru",
        "sr", "si_LK", "sk", "sl", "es", "es_AR", "es_CL", "es_CO", "es_CR", "es_DO", "es_EC",
        "es_HN", "es_MX", "es_PA", "es_PE", "es_ES", "es_UY", "sw", "sv", "ta", "te", "th", "tr",
        "uk", "ur", "uz", "vi", "zu",
    }
)  # fmt: skip

# Default handling on long codes: English, one word, any case (Twilio support, article 223134027).
STOP_KEYWORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
)
START_KEYWORDS = frozenset({"start", "yes", "unstop"})
HELP_KEYWORDS = frozenset({"help", "info"})
STOP_REPLY = (
    "You have successfully been unsubscribed. You will not receive any more messages from this "
    "number. Reply START to resubscribe."
)
START_REPLY = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe."
)
HELP_REPLY = "Reply STOP to unsubscribe. Msg & Data Rates May Apply."

# What `misbehave` can be asked for, in the words that the demo shows.
MISBEHAVIOURS: dict[str, str] = {
    "429": "answers 429, too many requests",
    "401": "refuses our credentials",
    "500": "answers 500 and has not taken the message",
    "503": "answers 503 and has not taken the message",
    "500_after_accepting": "takes the message, then answers 500",
    "503_after_accepting": "takes the message, then answers 503",
    "drop_before": "hangs up before taking the message",
    "drop_after_accepting": "takes the message, then hangs up",
    "hang": "says nothing for a long time, and takes nothing",
    "hang_after_accepting": "takes the message, then says nothing for a long time",
    "half_json": "takes the message and sends half an answer",
    "wrong_sid": "takes the message and answers with the id of another",
    "slow_drip": "takes the message and answers one byte at a time",
    "undelivered": "cannot deliver the message",
    "failed": "fails to send the message",
    "not_on_whatsapp": "finds that she is not on WhatsApp",
    "blocked": "finds that she has blocked us",
    "unlisted": "leaves the message out of its own list",
    "early_callbacks": "sends every receipt before it has answered",
    "duplicate_callbacks": "sends receipts twice",
    "reorder_callbacks": "sends receipts in the wrong order",
    "late_callbacks": "sends receipts an hour late",
    "lost_callbacks": "loses receipts",
    "stray_callbacks": "sends a receipt for a message that nobody sent",
    "lagging_read": "says that she read it, with a status that lags behind",
    "reject_template": "rejects the next template",
    "pending_template": "leaves the next template waiting for approval",
    "lost_webhook": "loses what she writes",
    "duplicate_webhook": "brings what she writes twice",
    "media_404": "does not find her attachment yet",
    "media_elsewhere": "sends us elsewhere for her attachment",
    "media_endless": "sends 17 MB as her attachment",
    "media_slow": "sends her attachment a byte at a time",
    "media_lies": "says that a page is her picture",
}
