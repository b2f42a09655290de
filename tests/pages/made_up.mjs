// A set in the shape of LiveCodeBench's and a model that answers it, both made up.
//
//     node made_up.mjs set      writes the set, as JSON lines
//     node made_up.mjs serve    is a server of models until it is ended, and writes its port
import { createServer } from "node:http";

const levels = ["easy", "medium", "hard"];
const count = 24;

function problem(number) {
  const month = String(1 + (number % 12)).padStart(2, "0");
  const test = (x) => ({ input: `${x}\n`, output: `${x + number}\n`, testtype: "stdin" });
  return {
    question_title: `Add ${number}`,
    question_content: `Read an integer x and print x + ${number}.\n\nThe sum fits 64 bits. (problem ${number})`,
    platform: "made-up",
    question_id: `made_up/adding-${["small", "larger"][number % 2]}-numbers-${number}`,
    contest_id: "1",
    contest_date: `${2024 + Math.floor(number / 12)}-${month}-0${1 + (number % 9)}T00:00:00`,
    starter_code: "",
    difficulty: levels[number % 3],
    public_test_cases: JSON.stringify([test(1)]),
    private_test_cases: JSON.stringify([test(10), test(-7)]),
    metadata: "{}",
  };
}

// The stronger the model, the harder the problems that it solves; every third sample is wrong in another way.
function answer(model, prompt, sample) {
  const number = Number(prompt.match(/problem (\d+)/)[1]);
  const skill = { strong: 3, middling: 2, weak: 1 }[model];
  const solves = number % 3 < skill && sample % 3 !== 2;
  // What is wrong is right for the example, 1.
  const sum = solves ? `x + ${number}` : `${number + 1}`;
  const code = sample % 3 === 1
    ? `import sys\n\nx = int(sys.stdin.readline())\nprint(${sum})\n`
    : `x = int(input())\n\nprint(${sum})\n`;
  if (!solves && sample === 5) return `I can not do <b>that</b>, and here is a reason in prose.\n`;
  if (!solves && sample === 4) return `Let me try.\n\n\`\`\`python\nx = int(input())\nprint(y + ${number})\n\`\`\`\n`;
  return `To solve it, read x & add ${number}.\n\n\`\`\`python\n${code}\`\`\`\n\nThis prints the sum.\n`;
}

// Chat completions: the model is the last word of its name.
function reply({ model, messages, n = 1 }) {
  const prompt = messages.map(({ content }) => content).join("\n");
  const texts = Array.from({ length: n }, (_, sample) => answer(model.split("-").at(-1), prompt, sample));
  return {
    object: "chat.completion",
    model,
    choices: texts.map((content, index) => ({ index, message: { role: "assistant", content }, finish_reason: "stop" })),
    usage: { prompt_tokens: 90, completion_tokens: texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0) },
  };
}

if (process.argv[2] === "set") {
  for (let number = 0; number < count; number += 1) console.log(JSON.stringify(problem(number)));
} else {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(reply(JSON.parse(body))));
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
}
