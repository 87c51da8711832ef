"""Asks plain and streamed questions with the official package and prints the answers as JSON.

The package takes address and key from OPENAI_BASE_URL and OPENAI_API_KEY. It must not retry by itself: an error that
reaches it shall be seen.
"""

import json
import sys

from openai import OpenAI

client = OpenAI(max_retries=0, timeout=30)


def ask(number: int, stream: bool):
    messages = [{"role": "user", "content": f"question {number}"}]
    return client.chat.completions.create(model="test", messages=messages, stream=stream)


def plain(number: int) -> str:
    return ask(number, stream=False).choices[0].message.content


def streamed(number: int) -> str:
    chunks = list(ask(number, stream=True))
    assert any(choice.finish_reason == "stop" for chunk in chunks for choice in chunk.choices), "no proper end"
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


numbers = range(1, int(sys.argv[1]) + 1)
texts = {"plain": [], "streamed": []}
for number in numbers:
    texts["plain"].append(plain(number))
    texts["streamed"].append(streamed(number))
print(json.dumps(texts))
