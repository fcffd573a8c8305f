//! `tests/editor/look ACTION…`: drives a window on a copy of the sample and takes pictures, for people who want
//! to see what the extension looks like. Pictures go to `target/editor-shots`.

import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { sample } from './support/sample.ts';
import { Stage } from './support/stage.ts';
import type { Workbench } from './support/workbench.ts';
import type { Repo } from './support/world.ts';

const HELP = `tests/editor/look [--folder DIR] [--dark] [--size WxH] [--scale N] [--settings JSON] ACTION…

  open:FILE[:LINE]   opens a file
  palette:TITLE      runs a command
  pick:TEXT          takes an entry of a quick pick
  answer:TEXT        answers an input box
  type:TEXT          types into the editor
  key:KEYS           presses keys, for example key:Control+Shift+M
  click:TEXT         clicks what has this text, or css=SELECTOR
  double:TEXT        the same, twice
  hover:TEXT         the same, only pointing at it
  view:TITLE         opens a view in the side bar
  wait:TEXT          waits until this text, or css=SELECTOR, is there
  status:PATTERN     waits until the status bar says this
  shell:COMMAND      runs a command in the repository; offshoot is the one under test
  rest:SECONDS       does nothing for a while, for people who watch
  shot:NAME          takes a picture
  logs:              prints what the logs end with

The window shows tests/editor/sample, or a copy of DIR, as a repository of its own.
`;

type Action = (window: Workbench, argument: string, repo: Repo) => Promise<unknown>;

const ACTIONS: Record<string, Action> = {
  open: (window, argument) => {
    const [path = '', line] = argument.split(':');
    return window.open(path, line === undefined ? undefined : Number(line));
  },
  palette: (window, title) => window.palette(title),
  pick: (window, text) => window.pick(text),
  answer: (window, text) => window.answer(text),
  type: (window, text) => window.type(text),
  key: (window, key) => window.press(key),
  click: (window, text) => found(window, text).click(),
  double: (window, text) => found(window, text).dblclick(),
  hover: (window, text) => found(window, text).hover(),
  view: (window, title) => window.sideBar(title),
  wait: (window, text) => found(window, text).waitFor(),
  status: (window, pattern) => window.status(new RegExp(pattern, 'i')),
  shell: (_, command, repo) =>
    Promise.resolve(
      execFileSync('sh', ['-c', command], { cwd: repo.path, env: repo.world.environment(), stdio: 'inherit' }),
    ),
  rest: (window, seconds) => window.page.waitForTimeout(Number(seconds) * 1000),
  logs: (window) => {
    console.log(window.logs());
    return Promise.resolve();
  },
  shot: async (window, name) => {
    console.log(await window.picture(name));
  },
};

function found(window: Workbench, text: string) {
  return text.startsWith('css=') ? window.page.locator(text.slice(4)).first() : window.page.getByText(text).first();
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folder: { type: 'string' },
    dark: { type: 'boolean', default: false },
    size: { type: 'string', default: '1280x800' },
    scale: { type: 'string', default: '1' },
    settings: { type: 'string', default: '{}' },
  },
});

const actions = positionals.map((text) => {
  const [name = '', ...argument] = text.split(':');
  const action = ACTIONS[name];
  if (action === undefined) {
    console.error(`there is no action ${name}\n\n${HELP}`);
    process.exit(2);
  }
  return { text, run: (window: Workbench, repo: Repo) => action(window, argument.join(':'), repo) };
});
if (actions.length === 0) {
  console.log(HELP);
  process.exit(0);
}

const [width = 1280, height = 800] = values.size.split('x').map(Number);
const theme = values.dark ? { 'workbench.colorTheme': 'Default Dark Modern' } : {};
const stage = await Stage.open({ settings: { ...theme, ...(JSON.parse(values.settings) as object) } });
try {
  const repo = await sample(stage.world, 'shop', values.folder);
  const window = await stage.window(repo.path, { width, height, scale: Number(values.scale) });
  try {
    for (const { text, run } of actions) {
      console.log(text);
      await run(window, repo);
    }
  } catch (error) {
    console.log(await window.picture('failed-look'));
    console.log(window.logs());
    throw error;
  }
} finally {
  await stage.end();
}
