"""How the lines of a transcript look, in every spelling that a generated tree needs. Counts and prices nothing."""
import datetime
import json
from collections import namedtuple

# Sorts so that the winner is the smallest: not a side chain, more tokens, then the first line of the first file.
Sighting = namedtuple("Sighting", "side less path order tokens at session cwd branch skill")
WORDS = ("the parser reads one row after another and keeps what it does not know", "error: expected `;` in line 12",
         "def total(rows):\\n    return sum(row.amount for row in rows)\\n", "ok 41 tests passed, 0 failed\\n",
         "caf\u00e9 \u00fcber na\u00efve \u65e5\u672c\u8a9e \U0001f980", "path\\\\to\\\\file \\\"quoted\\\" \\u00e9 \\t tab",
         "{\\\"usage\\\":{\\\"input_tokens\\\":7,\\\"output_tokens\\\":9}}", "[1, 2, {3}] }}} {{{ ]]]", "\\u001b[31mred\\u001b[0m")


class Text:
    """Filler that is already escaped for JSON, cut only between its pieces."""

    def __init__(self, chance, size=1 << 20):
        pieces, self.ends, length = [], [0], 0
        while length < size:
            piece = (chance.choice(WORDS) + " " + "%08x" % chance.getrandbits(32) + " ").encode()
            pieces.append(piece)
            length += len(piece)
            self.ends.append(length)
        self.bytes = b"".join(pieces)
        self.chance = chance

    def some(self, size):
        """Returns about so many bytes."""
        parts = []
        while size > 0:
            first = self.chance.randrange(len(self.ends) - 1)
            pieces = max(1, min(len(self.ends) - 1 - first, size // 60))
            part = self.bytes[self.ends[first]:self.ends[first + pieces]]
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def stamp(at, digits=3, offset=0):
    """Spells an instant with some digits of a second and an offset in minutes."""
    seconds, rest = divmod(at, 10 ** 9)
    when = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds, minutes=offset)
    text = when.strftime("%Y-%m-%dT%H:%M:%S")
    if digits:
        text += "." + ("%09d" % rest)[:digits]
    if not offset:
        return text + "Z"
    return text + "%s%02d:%02d" % ("-" if offset < 0 else "+", *divmod(abs(offset), 60))


def dumped(value, odd):
    """Writes JSON as compact, spaced or escaped as the spelling says."""
    separators = (", ", ": ") if odd.get("spaced") else (",", ":")
    return json.dumps(value, separators=separators, ensure_ascii=bool(odd.get("escaped"))).encode("utf-8")


def usage(tokens, response):
    """Returns a `usage` object."""
    given, out, read, five, hour = tokens
    odd = response.odd
    answer = {"input_tokens": given, "cache_creation_input_tokens": five + hour, "cache_read_input_tokens": read,
              "cache_creation": {"ephemeral_5m_input_tokens": five, "ephemeral_1h_input_tokens": hour},
              "output_tokens": out, "service_tier": "batch" if response.batch else "standard"}
    split = answer["cache_creation"]
    cache = odd.get("cache")
    if cache == "null":
        answer.update(cache_read_input_tokens=None, cache_creation_input_tokens=None, cache_creation=None)
    elif cache == "zero":
        split.update(ephemeral_5m_input_tokens=0, ephemeral_1h_input_tokens=0)
    elif cache == "partial":
        split["ephemeral_5m_input_tokens"] = five // 3
    elif cache == "only":
        del answer["cache_creation_input_tokens"]
    elif cache == "member":
        split["ephemeral_5m_input_tokens"] = None
    elif cache == "none":
        del answer["cache_creation"]
    elif cache == "absent":
        for key in ("cache_creation", "cache_creation_input_tokens", "cache_read_input_tokens"):
            del answer[key]
    if response.fast:
        answer["speed"] = "fast"
    if response.us:
        answer["inference_geo"] = "us"
    if response.searches:
        answer["server_tool_use"] = {"web_search_requests": response.searches, "web_fetch_requests": 3}
    answer.update(odd.get("usage", {}))
    rounds = [dict(answer, type="message")] if odd.get("rounds") else []
    rounds += [dict(usage(other.tokens, other), type="advisor_message", model=other.model) for other in response.advisors]
    if rounds:
        answer["iterations"] = rounds
    return answer


def content(response, text, chance):
    """Returns the raw `content` list of an assistant line."""
    odd = response.odd
    parts = [b'{"type":"text","text":"' + text + b'"}']
    given = {"command": "ls", "description": "look"}
    if odd.get("nulls"):
        given.update(id=None, cwd=None, model=None, version=None, sessionId=None, requestId=None, usage=None, message={"id": None})
    if odd.get("decoy"):
        given.update(usage={"input_tokens": 999_999, "output_tokens": 999_999}, timestamp="1999-01-01T00:00:00.000Z", model="x",
                     requestId="req_decoy", isSidechain=True, cwd="/decoy", message={"id": "msg_decoy", "usage": {"input_tokens": 5}})
    if odd.get("nulls") or odd.get("decoy") or chance.random() < 0.4:
        call = {"type": "tool_use", "id": "toolu_%016x" % chance.getrandbits(64), "name": "Bash", "input": given}
        parts.append(json.dumps(call, separators=(",", ":")).encode())
    if odd.get("deep"):
        parts.append(b'{"type":"tool_use","input":' + b'{"a":[' * odd["deep"] + b"1" + b"]}" * odd["deep"] + b"}")
    if odd.get("bad"):
        parts[0] = parts[0][:-2] + b" \xff\xfe \xc3( \xed\xa0\x80 \xf5" + parts[0][-2:]
    return b"[" + b",".join(parts) + b"]"


def assistant(response, tokens, at, side, place, request, number, text, chance):
    """Returns one line (without its end) that tells a response; `number` counts the lines of this response."""
    odd = response.odd
    message = {"model": response.model, "id": response.id, "type": "message", "role": "assistant", "content": "@@", "stop_reason": None,
               "usage": usage(tokens, response)}
    line = {"parentUuid": "%032x" % chance.getrandbits(128), "isSidechain": side, "userType": "external", "cwd": place.cwd,
            "sessionId": place.session, "version": "2.1.329", "gitBranch": place.branch, "message": message, "requestId": request,
            "type": "assistant", "uuid": response.uuid or "%032x" % chance.getrandbits(128),
            "timestamp": stamp(at, odd.get("digits", 3), odd.get("offset", 0))}
    if place.skill:
        line["attributionSkill"] = place.skill
    if side:
        line["agentId"] = "a%07x" % chance.getrandbits(28)
    if request is None and odd.get("request") != "null":
        del line["requestId"]
    if odd.get("request") == "empty" or (odd.get("request") == "mixed" and number == 0):
        line["requestId"] = ""
    if odd.get("id") == "absent":
        del message["id"]
    if odd.get("uuid") == "absent":
        del line["uuid"]
    for key in odd.get("without", ()):
        line.pop(key, None)
    line.update(odd.get("line", {}))
    if odd.get("turned"):
        message = dict(reversed(list(message.items())))
        line = dict(reversed(list(dict(line, message=message).items())))
    return dumped(line, odd).replace(b'"@@"', content(response, text, chance), 1)


def progress(response, tokens, at, place, text, chance):
    """Returns the line by which a running sub-agent's response is told in its parent's transcript."""
    inner = {"type": "assistant", "timestamp": stamp(at), "requestId": response.request, "uuid": "%032x" % chance.getrandbits(128),
             "message": {"model": response.model, "id": response.id, "role": "assistant", "content": "@@", "usage": usage(tokens, response)}}
    line = {"parentUuid": "%032x" % chance.getrandbits(128), "isSidechain": False, "cwd": place.cwd, "sessionId": place.session,
            "version": "2.1.329", "gitBranch": place.branch, "type": "progress",
            "data": {"type": "agent_progress", "agentId": "a%07x" % chance.getrandbits(28), "message": inner},
            "uuid": "%032x" % chance.getrandbits(128), "timestamp": stamp(at)}
    if place.skill:
        line["attributionSkill"] = place.skill
    return dumped(line, {}).replace(b'"@@"', b'[{"type":"text","text":"' + text + b'"}]', 1)


def person(at, place, text, chance, more=None):
    """Returns a line of the person or of a tool: nothing in it is to be counted."""
    line = {"parentUuid": "%032x" % chance.getrandbits(128), "isSidechain": False, "cwd": place.cwd, "sessionId": place.session,
            "version": "2.1.329", "gitBranch": place.branch, "type": "user", "message": {"role": "user", "content": "@@"},
            "uuid": "%032x" % chance.getrandbits(128), "timestamp": stamp(at)}
    line.update(more or {})
    raw = b'[{"tool_use_id":"toolu_%016x","type":"tool_result","content":"%s"}]' % (chance.getrandbits(64), text)
    return dumped(line, {}).replace(b'"@@"', raw, 1)
