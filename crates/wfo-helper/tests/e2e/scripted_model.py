"""The "model" of an end-to-end scenario: from a Messages API request to its scripted answer.

Stateless on purpose.  Which step to play is worked out from the request itself (the
number of answers it already carries), never from a counter kept here, so the client
may retry, re-order or drop requests and still gets the same answer for the same
conversation.  README.md in this folder describes the scenario format.
"""
import json
import re

RESULT = re.compile(r"\{\{(code )?([a-z_]+)(?::(/[^}]*))?\}\}")
UNFILLED = "<<not in the last result: "


def text_of(content):
    """All text inside a message content, a system prompt or a tool result."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(text_of(part) for part in content)
    if isinstance(content, dict):
        if content.get("type") == "text":
            return content.get("text", "")
        if content.get("type") == "tool_use":
            return json.dumps(content.get("input", {}))
        return text_of(content.get("content"))
    return str(content)


def views(body):
    """The named parts of a request that `match` and `expect` look at."""
    messages = body.get("messages") or []
    users = [m for m in messages if m.get("role") == "user"]
    tail = []           # tool results and whatever the client appended to them
    for message in reversed(messages):
        if message.get("role") == "assistant":
            break
        tail.insert(0, message)
    instructions = [m for m in messages if m.get("role") == "system"]
    system = text_of(body.get("system"))
    return {
        "system": "\n".join([system] + [text_of(m.get("content")) for m in instructions]),
        "tools": json.dumps(body.get("tools") or []),
        "first_user": text_of(users[0].get("content")) if users else "",
        "last_user": "\n".join(text_of(m.get("content")) for m in tail),
        "any": "\n".join([system] + [text_of(m.get("content")) for m in messages]),
        "body": json.dumps(body),
    }


def tool_calls(body):
    """Every tool call of the conversation: id, name, input, result (None = none yet), is_error."""
    calls = {}
    for message in body.get("messages") or []:
        content = message.get("content")
        for part in content if isinstance(content, list) else []:
            if part.get("type") == "tool_use":
                calls[part["id"]] = {"id": part["id"], "name": part.get("name"),
                                     "input": part.get("input"), "result": None, "is_error": None}
            elif part.get("type") == "tool_result" and part.get("tool_use_id") in calls:
                calls[part["tool_use_id"]].update(
                    result=text_of(part.get("content")), is_error=bool(part.get("is_error")))
    return list(calls.values())


def tool_id(name, step, number):
    """The id of a scripted tool call."""
    return "toolu_%s_%02d_%02d" % (re.sub(r"\W", "", name), step, number)


def answers_given(body):
    """Number of answers the conversation already holds."""
    turns, previous = 0, None
    for message in body.get("messages") or []:
        if message.get("role") == "assistant" and previous != "assistant":
            turns += 1
        previous = message.get("role")
    return turns


def json_inside(text):
    """The first JSON object in a text; a failed command's result starts with its exit code."""
    start = text.find("{")
    if start < 0:
        raise ValueError("no JSON object")
    return json.JSONDecoder().raw_decode(text[start:])[0]


def follow(value, pointer):
    """Follows a JSON pointer (RFC 6901); in a list `*words*` is the first one that holds them."""
    for raw in [part for part in pointer.split("/") if part]:
        key = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and key.startswith("*"):
            value = [one for one in value if key.strip("*") in one][0]
        else:
            value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def fill(value, results):
    """Replaces {{result}}, {{result:/pointer}}, the same of a step's name, and {{code ...}} in scripted text and tool input."""
    if isinstance(value, dict):
        return {key: fill(inner, results) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, results) for inner in value]
    if not isinstance(value, str):
        return value

    def one(found):
        code, name, pointer = found.groups()
        if name not in results:
            return found.group(0)
        if pointer is None:
            return results[name]
        try:
            got = follow(json_inside(results[name]), pointer)
            got = re.search("`(.*)`", got, re.S).group(1) if code else got
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            return "%s%s>>" % (UNFILLED, pointer)
        return got if isinstance(got, str) else json.dumps(got)

    return RESULT.sub(one, value)


def as_list(value):
    """A list as it is, anything else as a list of one."""
    return value if isinstance(value, list) else [value]


def holds(item, text):
    """Whether a text meets an expectation's `contains`, `lacks` and `regex`."""
    return (all(part in text for part in as_list(item.get("contains", [])))
            and all(part not in text for part in as_list(item.get("lacks", [])))
            and all(re.search(part, text, re.S) for part in as_list(item.get("regex", []))))


class ScriptedModel:
    """Answers requests from a scenario's `steps` and `conversations`."""

    def __init__(self, scenario):
        self.scenario = scenario

    def _conversation(self, body, seen):
        for talk in self.scenario.get("conversations") or []:
            match = talk.get("match") or {}
            if match and all(
                    all(part in seen.get(key[:-len("_contains")], "") for part in as_list(wanted))
                    for key, wanted in match.items()):
                return talk.get("name", "side"), talk.get("steps") or []
        if not body.get("tools"):           # titles, summaries, probes
            return None, []
        return "main", self.scenario.get("steps") or []

    def answer(self, body):
        """The scripted answer: conversation, step, content blocks, stop reason, expectations met."""
        seen = views(body)
        name, steps = self._conversation(body, seen)
        if name is None:
            return self._text(None, None, self.scenario.get("side_text", "ok"))
        index = answers_given(body)
        if index >= len(steps):
            return self._text(name, index, "(the script has ended)")
        step = steps[index]
        results = self._results(body, name, steps)
        blocks = [{"type": "text", "text": fill(step["text"], results)}] if step.get("text") else []
        for number, tool in enumerate(step.get("tools") or []):
            blocks.append({"type": "tool_use", "id": tool_id(name, index, number),
                           "name": tool["name"], "input": fill(tool.get("input") or {}, results)})
        expected = [dict(item, ok=holds(item, seen.get(item.get("in", "any"), "")))
                    for item in step.get("expect") or []]
        return {"conversation": name, "step": index,
                "blocks": blocks or [{"type": "text", "text": ""}],
                "stop_reason": "tool_use" if step.get("tools") else "end_turn", "expect": expected,
                "usage": step.get("usage")}

    @staticmethod
    def _results(body, name, steps):
        """Tool results by name: the last one is `result`, a step's first one goes by its `as`."""
        calls = [call for call in tool_calls(body) if call["result"] is not None]
        results = {"result": calls[-1]["result"] if calls else ""}
        known = {call["id"]: call["result"] for call in calls}
        for number, step in enumerate(steps):
            first = tool_id(name, number, 0)
            if step.get("as") and first in known:
                results[step["as"]] = known[first]
        return results

    @staticmethod
    def _text(name, index, text):
        return {"conversation": name, "step": index, "blocks": [{"type": "text", "text": text}],
                "stop_reason": "end_turn", "expect": []}
