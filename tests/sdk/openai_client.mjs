// Asks plain and streamed questions with the official package and prints the answers as JSON.
//
// The package takes address and key from OPENAI_BASE_URL and OPENAI_API_KEY. It must not retry by itself: an error that
// reaches it shall be seen.

import assert from "node:assert/strict";

import OpenAI from "openai";

const client = new OpenAI({ maxRetries: 0, timeout: 30_000 });

function ask(number, stream) {
  const messages = [{ role: "user", content: `question ${number}` }];
  return client.chat.completions.create({ model: "test", messages, stream });
}

async function plain(number) {
  const answer = await ask(number, false);
  return answer.choices[0].message.content;
}

async function streamed(number) {
  let text = "";
  let ended = false;
  for await (const chunk of await ask(number, true)) {
    for (const choice of chunk.choices) {
      text += choice.delta.content ?? "";
      ended ||= choice.finish_reason === "stop";
    }
  }
  assert.ok(ended, "no proper end");
  return text;
}

const texts = { plain: [], streamed: [] };
for (let number = 1; number <= Number(process.argv[2]); number += 1) {
  texts.plain.push(await plain(number));
  texts.streamed.push(await streamed(number));
}
console.log(JSON.stringify(texts));
