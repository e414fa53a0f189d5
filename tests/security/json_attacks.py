"""Attacks by JSON, as files of statuses, and what becomes of each."""

USER = '"user":{"id_str":"7","screen_name":"ann"}'
TIME = '"created_at":"Tue Jan 01 12:00:00 +0000 2030"'


def status(number: int, more: str = '"text":"a"', user: str = USER, at: str = TIME) -> str:
    """One status with its id, and other fields as they are written."""
    return f'{{"id_str":"{number}",{user},{at},{more}}}'


NESTED = "[" * 10_000 + "]" * 10_000

DOCUMENTS = {
    "depth of 10,000 lists": (NESTED, "invalid_json"),
    "depth of 10,000 objects": ('{"a":' * 10_000 + "1" + "}" * 10_000, "invalid_json"),
    "100,000 lists never closed": ("[" * 100_000, "invalid_json"),
    "depth within a status": (status(1, f'"text":{NESTED}'), "invalid_json"),
    "integer of 5,000 digits": (status(2, '"id":' + "9" * 5_000), "invalid_json"),
    "unpaired quote": ('{"id_str":"4', "invalid_json"),
    "script instead of data": ("alert(1)", "invalid_json"),
    "value and a second one": (status(5) + status(6), "invalid_json"),
    "NUL byte": (status(7, '"text":"a\0b"'), "nul_byte"),
    "escaped NUL": (status(8, '"text":"a\\u0000b"'), "nul_byte"),
    "half a pair in text": (status(9, '"text":"\\ud83d"'), "invalid_utf8"),
    "half a pair in a name": (status(10, user='"user":{"id_str":"7","screen_name":"\\udc00"}'), "invalid_utf8"),
    "half a pair in an id": (status(11, user='"user":{"id_str":"\\udc00","screen_name":"a"}'), "invalid_utf8"),
    "half a pair in a hashtag":
        (status(12, '"text":"a","entities":{"hashtags":[{"text":"\\ud83d"}]}'), "invalid_utf8"),
    "overlong UTF-8": (b'{"id_str":"\xc0\xaf"}', "invalid_utf8"),
    "UTF-16": (status(13).encode("utf-16"), "nul_byte"),
    "text of 2 MB": (status(14, f'"text":"{"a" * 2_000_000}"'), "field_too_large"),
    "line of 9 MB": (status(15, f'"text":"{"a" * 9_000_000}"'), "field_too_large"),
    "id that is not exact": (status(16).replace('"16"', "1e308"), "missing_id"),
    "id that is no number": (status(17).replace('"17"', "NaN"), "missing_id"),
    "id beyond all numbers": (status(18).replace('"18"', "-1e999"), "missing_id"),
    "id that is true": (status(19).replace('"19"', "true"), "missing_id"),
    "id that is an object": (status(20).replace('"20"', '{"a":1}'), "missing_id"),
    "id that is blank": (status(21).replace('"21"', '" \\t"'), "missing_id"),
    "text that is a list": (status(22, '"text":["a"]'), "wrong_shape"),
    "user that is a list": (status(23, user='"user":[1]'), "wrong_shape"),
    "retweet that is text": (status(24, '"retweeted_status":"abc"'), "wrong_shape"),
    "hashtags that are a number": (status(25, '"entities":{"hashtags":7}'), "wrong_shape"),
    "mentions that are text": (status(26, '"entities":{"user_mentions":"abc"}'), "wrong_shape"),
    "list of scalars": ("[1,null,true]", "wrong_shape"),
    "time of a megabyte": (status(27, at=f'"created_at":"{"9" * 900_000}"'), "impossible_date"),
    "time in year 0": (status(28, at='"created_at":"0000-01-01T00:00:00"'), "impossible_date"),
    "time in year 9999": (status(29, at='"created_at":"9999-12-31T23:59:59-23:59"'), "impossible_date"),
    "time that is a number": (status(30, at='"created_at":1e308'), "impossible_date"),
    "key given twice": (status(31, '"text":"a","id_str":"32"'), "kept"),
    "keys of Python": (status(33, '"text":"a","__class__":"os","__proto__":{"a":1},"constructor":1'), "kept"),
    "numbers that are none": (status(34, '"text":"a","retweet_count":NaN,"favorite_count":-Infinity'), "kept"),
    "form of SQL in a name":
        (status(35, user='"user":{"id_str":"8","screen_name":"\'; DROP TABLE core__posts; --"}'), "kept"),
    "retweets within retweets": ('{"id_str":"36","retweeted_status":' * 3_000 + "1" + "}" * 3_000, "invalid_json"),
}
"""A document, and what becomes of its rows. A key given twice has its last value, for the list of opt-outs too."""
