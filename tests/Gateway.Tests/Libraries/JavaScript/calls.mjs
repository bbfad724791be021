// A call by a provider's own library, whose base address is the gateway's and whose key is the budget's. What it got is written as JSON.
// usage: calls.mjs openai|anthropic plain|streamed|tools|aborted|denied; environment: GATEWAY, KEY, MODEL
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const [library, call] = process.argv.slice(2);
const { GATEWAY, KEY, MODEL } = process.env;
let requests = 0;
const fetchCounted = (...request) => {
  requests++;
  return fetch(...request);
};
const tool = { type: 'object', properties: { at: { type: 'string' } } };
const prompts = { plain: 'words=3', streamed: 'words=6', tools: 'go', aborted: 'words=9 pause=3', denied: 'words=3' };
const ask = { model: MODEL, max_tokens: 50, messages: [{ role: 'user', content: prompts[call] }] };

async function openai() {
  const client = new OpenAI({ apiKey: KEY, baseURL: `${GATEWAY}/openai/v1`, fetch: fetchCounted });
  if (call === 'plain') return { text: (await client.chat.completions.create(ask)).choices[0].message.content };
  if (call === 'tools') {
    const asked = { ...ask, tools: [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters: tool } }] };
    const whole = (await client.chat.completions.create(asked)).choices[0].message.tool_calls[0].function;
    let streamed = '';
    for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) streamed += chunk.choices[0].delta.tool_calls?.[0]?.function?.arguments ?? '';
    return { name: whole.name, whole: whole.arguments, streamed };
  }
  if (call === 'denied') return client.chat.completions.create(ask);
  let [text, usage, words] = ['', 0, 0];
  for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
    text += chunk.choices[0].delta.content ?? '';
    if (chunk.usage) usage++;
    // Leaving the loop aborts the request.
    if (chunk.choices[0].delta.content && ++words === 3 && call === 'aborted') break;
  }
  return { text, usage };
}

async function anthropic() {
  const client = new Anthropic({ apiKey: KEY, baseURL: `${GATEWAY}/anthropic`, fetch: fetchCounted });
  if (call === 'plain') return { text: (await client.messages.create(ask)).content[0].text };
  if (call === 'tools') {
    const asked = { ...ask, tools: [{ name: 'look', description: 'Looks.', input_schema: tool }] };
    const whole = (await client.messages.create(asked)).content[0];
    const streamed = (await client.messages.stream(asked).finalMessage()).content[0];
    return { name: whole.name, whole: JSON.stringify(whole.input), streamed: JSON.stringify(streamed.input) };
  }
  if (call === 'denied') return client.messages.create(ask);
  let [text, words] = ['', 0];
  for await (const event of await client.messages.create({ ...ask, stream: true })) {
    if (event.type !== 'content_block_delta') continue;
    text += event.delta.text;
    if (++words === 3 && call === 'aborted') break;
  }
  return { text, usage: 0 };
}

let answer;
try {
  answer = await (library === 'openai' ? openai() : anthropic());
} catch (error) {
  answer = { status: error.status, message: error.message };
}
console.log(JSON.stringify({ ...answer, requests }));
process.exit(0);
