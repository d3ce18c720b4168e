"""What an attacker would write: markup, formulas, SQL, formats. Each must stay mere words."""

EVIL = "https://evil.example"
MARKUP = (
    "<script>alert('pwned')</script>", "<img src=x onerror=alert('pwned')>",
    "<svg/onload=alert('pwned')>", "<svg><script>alert('pwned')</script></svg>",
    '"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>",
    "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>", "--><script>alert(1)</script>", "]]><script>alert(1)",
    "<iframe src=javascript:alert(1)>", f"<iframe src={EVIL}/pwned></iframe>",
    "<object data=javascript:alert(1)>", f"<embed src={EVIL}>", f"<base href={EVIL}/>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'>", f"<link rel=stylesheet href={EVIL}>",
    f"<form action={EVIL}><button>go</button></form>", "<a href=javascript:alert(1)>pwned</a>",
    "<a href='java\tscript:alert(1)'>x</a>", "<details open ontoggle=alert(1)>x</details>",
    "<body onload=alert(1)>", "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>", "<video><source onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>", "<marquee onstart=alert(1)>x</marquee>",
    "<math><mi xlink:href=javascript:alert(1)>x", "<isindex action=javascript:alert(1)>",
    "<div style='background:url(javascript:alert(1))'>", "<p style=position:fixed;inset:0>pwned",
    "<style>*{display:none}</style>", "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg><a><animate attributeName=href values=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'></svg>",
    "<img src=`x`onerror=alert(1)>", "<img/src/onerror=alert(1)>", "<IMG SRC=X ONERROR=ALERT(1)>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>", "\\x3cscript\\x3ealert(1)\\x3c/script\\x3e",
    "\\u003cscript\\u003ealert(1)", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;", "＜script＞alert(1)＜/script＞",
    "%3Cscript%3Ealert(1)%3C/script%3E", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\ufeff<script>alert(1)</script>", "<script\u2028>alert(1)</script>", "<\u0130mg src=x>",
    "' onmouseover=alert(1) x='", '" autofocus onfocus=alert(1) x="', "` onmouseover=alert(1) `",
    "{{7*7}}{{config}}", "{% include '/etc/passwd' %}", "${7*7}#{7*7}<%= 7*7 %>",
    "javascript:alert(1)//", "data:text/html,<script>alert(1)</script>",
)  # fmt: skip
SQL = (
    "'", "''", '"', "\\", "' OR '1'='1", "' OR 1=1--", "\" OR \"\"=\"", "1; DROP TABLE message--",
    "1 UNION SELECT password_hash FROM staff", "') OR ('a'='a", "1' AND sleep(5)--", "%' OR '%'='",
    "1/**/OR/**/1=1", "0x31", "1e999", "-1", "99999999999999999999", "NULL", "\x00", "%00", "%",
    "_", "1) OR pg_sleep(5)--", "'; ATTACH DATABASE 'x' AS x;--", "../../etc/passwd",
)  # fmt: skip
FORMATS = (
    "{0}", "{name}", "{name.__class__}", "{0.__class__.__mro__}", "{name!r:>99999999}", "%s%s%n",
    "%(name)s", "{", "}", "{{", "{{7*7}}", "${HOME}", "$(id)", "`id`", "{phone}{org}{goal}",
)  # fmt: skip
FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1", "=HYPERLINK(\"http://x\")",
    "=cmd|'/c calc'!A0", "＝1+1", "＋1", "－1", "＠SUM(1)", " =1+1", "\"=1+1", "'=1+1",
    "\u200f=1+1", "\u2066=1+1", "http://evil.example", "mailto:x@evil.example",
    "0044770090", "1E5", "=" * 40_000,
)  # fmt: skip
