// Generated from schemas/*.json by `npm run types`. Not edited by hand: a test compares.

/**
 * What `run.apply` does.
 */
export type ApplyMode = 'apply' | 'check' | 'undo' | 'commit' | 'into';
/**
 * What a caller can act on.
 */
export type ErrorKind =
  | 'invalid_input'
  | 'not_found'
  | 'not_a_repository'
  | 'refused'
  | 'failed'
  | 'needs_input'
  | 'conflict'
  | 'untrusted'
  | 'cancelled'
  | 'not_running'
  | 'unreachable'
  | 'version'
  | 'storage'
  | 'unhealthy'
  | 'unknown_method'
  | 'internal';
/**
 * Which state of a file.
 */
export type Side = 'base' | 'result';
/**
 * Who asks.
 */
export type Origin = 'cli' | 'editor' | 'mcp' | 'hook';

/**
 * What was done, or would be.
 */
export interface Applied {
  /**
   * The branch that was moved; `HEAD` for a detached one.
   */
  branch?: string | null;
  /**
   * Files changed (or to be changed).
   */
  changed: string[];
  /**
   * The same files with what happened to each; a renamed one stands here once.
   */
  changes?: FileChange[];
  /**
   * Why each of them does.
   */
  clash_reasons?: Clash[];
  /**
   * Files that stand against it: then nothing was done.
   */
  clashes: string[];
  /**
   * The commit that holds it, for `commit` and `into`; the branch's tip as it was where it had everything.
   */
  commit?: string | null;
  /**
   * What was asked for.
   */
  mode: ApplyMode;
  /**
   * What a person should know about it.
   */
  notes?: string[];
  /**
   * The run.
   */
  run_id: string;
}
/**
 * A changed file.
 */
export interface FileChange {
  /**
   * Lines added; absent for binaries.
   */
  added?: number | null;
  /**
   * Where it was, for a renamed one.
   */
  from?: string | null;
  /**
   * Relative to the repository.
   */
  path: string;
  /**
   * Lines removed; absent for binaries.
   */
  removed?: number | null;
  /**
   * `added`, `modified`, `deleted`, `renamed`, `type`.
   */
  status: string;
}
/**
 * A file that stands against applying a result.
 */
export interface Clash {
  /**
   * Relative to the repository.
   */
  path: string;
  /**
   * Why.
   */
  reason: string;
}
/**
 * `run.apply`.
 */
export interface ApplyParams {
  /**
   * The branch for `into`.
   */
  branch?: string | null;
  /**
   * What to do.
   */
  mode: ApplyMode;
  /**
   * Only these files or folders, relative to the repository; empty = all. `undo` takes back the whole apply.
   */
  paths?: string[];
  /**
   * A folder in the repository: decides where a prefix fits runs of several.
   */
  repo?: string | null;
  /**
   * Id or unique prefix; empty = the newest run of `repo`, where nobody could mean another.
   */
  run_id: string;
}
/**
 * A file that a step left behind.
 */
export interface Artifact {
  /**
   * For example `documentation`; `file` where nothing is known.
   */
  kind: string;
  /**
   * Relative to the repository.
   */
  path: string;
  /**
   * `schema_version` of a JSON artifact that has one.
   */
  schema_version?: string | null;
}
/**
 * One try at a step or task.
 */
export interface Attempt {
  /**
   * From 1.
   */
  attempt: number;
  /**
   * Class of its failure.
   */
  class?: string | null;
  /**
   * Processor time.
   */
  cpu_ms: number;
  /**
   * When it ended.
   */
  ended_at?: string | null;
  /**
   * Its failure.
   */
  error?: Error | null;
  /**
   * The program's exit code.
   */
  exit_code?: number | null;
  /**
   * Processes that outlived the main one.
   */
  leaked_processes: string[];
  /**
   * Path of its log.
   */
  log?: string | null;
  /**
   * Resident memory of its tree at its peak.
   */
  peak_rss_bytes: number;
  /**
   * When it began.
   */
  started_at: string;
  /**
   * `starting running verifying completed failed cancelled interrupted revoked unverified`.
   */
  status: string;
}
/**
 * An error as every surface shows it.
 */
export interface Error {
  /**
   * More, for programs: `diagnostics`, `paths`, …
   */
  details?: {
    [k: string]: unknown;
  };
  /**
   * What to do.
   */
  hint?: string | null;
  /**
   * What a caller can act on.
   */
  kind: ErrorKind;
  /**
   * Lower-case fragment for people.
   */
  message: string;
}
/**
 * A path on which results do not merge.
 */
export interface Conflict {
  /**
   * Relative to the repository.
   */
  path: string;
  /**
   * The steps that touch it.
   */
  steps: string[];
}
/**
 * A problem in a file. Lines and columns count from 1, columns in characters.
 */
export interface Diagnostic {
  /**
   * Stable name of the kind of problem.
   */
  code: string;
  /**
   * First column.
   */
  column: number;
  /**
   * Column after the last character.
   */
  end_column: number;
  /**
   * Last line.
   */
  end_line: number;
  /**
   * Path as given.
   */
  file: string;
  /**
   * What to do.
   */
  hint?: string | null;
  /**
   * First line.
   */
  line: number;
  /**
   * One sentence.
   */
  message: string;
  /**
   * `error`, `warning` or `info`.
   */
  severity: string;
}
/**
 * A difference.
 */
export interface Diff {
  /**
   * Changed files.
   */
  files: FileChange[];
  /**
   * From this commit,
   */
  from: string;
  /**
   * As `git diff` prints it; bytes that are not UTF-8 are replaced.
   */
  patch: string;
  /**
   * The round of the step that it is of, from 1.
   */
  round?: number;
  /**
   * How many rounds the step has been through.
   */
  rounds?: number;
  /**
   * The run.
   */
  run_id?: string;
  /**
   * to this one.
   */
  to: string;
}
/**
 * `run.diff`.
 */
export interface DiffParams {
  /**
   * A folder in the repository: decides where a prefix fits runs of several.
   */
  repo?: string | null;
  /**
   * Another round of the step, from 1.
   */
  round?: number | null;
  /**
   * Id or unique prefix; empty = the newest run of `repo`, where nobody could mean another.
   */
  run_id: string;
  /**
   * One step's changes only; of one that ran in several rounds those of the last.
   */
  step_id?: string | null;
}
/**
 * `run.discard`.
 */
export interface Discarded {
  /**
   * Branches that were removed.
   */
  branches: string[];
  /**
   * The run.
   */
  run_id: string;
  /**
   * Where everything was saved: `worktree restore` brings it back.
   */
  salvaged: string[];
  /**
   * What went wrong and did not keep anything from being removed.
   */
  warnings?: string[];
}
/**
 * How it stands with a finding.
 */
export interface Dismissed {
  /**
   * It is not shown any more, in this and in later runs.
   */
  dismissed: boolean;
  /**
   * Id of the finding.
   */
  id: string;
}
/**
 * No parameters.
 */
export interface Empty {}
/**
 * What holds limits on this machine.
 */
export interface Enforcement {
  /**
   * `cgroup` or `duty-cycle`; `none` where processor time is not limited.
   */
  cpu: string;
  /**
   * `cgroup` or `rss`; `none` where memory is not limited.
   */
  memory: string;
  /**
   * `cgroup`, `cookie` or `group`: how a process tree is found.
   */
  tree: string;
  /**
   * `landlock` or `none`.
   */
  writes: string;
}
/**
 * A file's content.
 */
export interface FileContent {
  /**
   * It is no text in UTF-8.
   */
  binary: boolean;
  /**
   * The commit it was read from; null for a worktree.
   */
  commit?: string | null;
  /**
   * There is no such file.
   */
  missing: boolean;
  /**
   * Relative to the repository.
   */
  path: string;
  /**
   * In bytes.
   */
  size: number;
  /**
   * What stands in it; null where it is binary or not there.
   */
  text?: string | null;
}
/**
 * `file.read`.
 */
export interface FileRead {
  /**
   * Relative to the repository.
   */
  path: string;
  /**
   * A folder in the repository: decides where a prefix fits runs of several.
   */
  repo?: string | null;
  /**
   * Id or unique prefix.
   */
  run_id: string;
  /**
   * Before or after.
   */
  side: Side;
  /**
   * The step; without one the run's own base and result.
   */
  step_id?: string | null;
}
/**
 * Something noticed about a step's result. Lines and columns count from 1, columns in characters;
 * the end is exclusive.
 */
export interface Finding {
  /**
   * Path of the artifact it comes from.
   */
  artifact?: string | null;
  /**
   * Stable name, for example `escaped` or `unchanged-artifact`.
   */
  code: string;
  /**
   * First character in it.
   */
  column?: number | null;
  /**
   * The character after the last; absent = to the end of the line.
   */
  end_column?: number | null;
  /**
   * Last line; absent = the first.
   */
  end_line?: number | null;
  /**
   * The way out: an address or a sentence.
   */
  help?: string | null;
  /**
   * The same in every run that finds the same in the same text, wherever that has moved to.
   */
  id?: string;
  /**
   * First line.
   */
  line?: number | null;
  /**
   * One sentence.
   */
  message: string;
  /**
   * Relative to the repository.
   */
  path?: string | null;
  /**
   * Other places that matter.
   */
  related?: Related[];
  /**
   * `error`, `warning` or `info`.
   */
  severity: string;
  /**
   * `offshoot`, or the tool or kind of artifact that says so, for example `security-scan`.
   */
  source?: string;
  /**
   * The lines as they stand in the step's result: at most 10, and 2 KiB. Lets an editor find the place again.
   */
  text?: string | null;
}
/**
 * Another place that matters to a finding.
 */
export interface Related {
  /**
   * From 1.
   */
  line?: number | null;
  /**
   * What is there.
   */
  message: string;
  /**
   * Relative to the repository.
   */
  path: string;
}
/**
 * How many findings of each severity.
 */
export interface FindingCounts {
  /**
   * Errors.
   */
  error: number;
  /**
   * Information.
   */
  info: number;
  /**
   * Warnings.
   */
  warning: number;
}
/**
 * `finding.dismiss`.
 */
export interface FindingDismiss {
  /**
   * Id of the finding.
   */
  id: string;
  /**
   * A folder in the repository.
   */
  repo: string;
  /**
   * Show it again.
   */
  undo?: boolean;
}
/**
 * `finding.list`.
 */
export interface FindingFilter {
  /**
   * Only those that were dismissed; otherwise only the others.
   */
  dismissed?: boolean;
  /**
   * A folder in the repository.
   */
  repo: string;
  /**
   * Of this run only, by id or unique prefix, also where a newer one has come.
   */
  run_id?: string | null;
}
/**
 * What holds now, the findings of the newest run first, in the order of steps.
 */
export interface FindingList {
  /**
   * The findings; each id stands here once.
   */
  findings: FoundFinding[];
  /**
   * How many more there are, beyond what one answer holds.
   */
  left_out?: number;
}
/**
 * A finding and where it was made.
 */
export interface FoundFinding {
  /**
   * The finding.
   */
  finding: Finding;
  /**
   * The run.
   */
  run_id: string;
  /**
   * The step; null where it is about the run as a whole.
   */
  step_id?: string | null;
}
/**
 * A gate: asked when its step is done.
 */
export interface Gate {
  /**
   * The steps that run again when it does not pass; empty where it does not go back.
   */
  again: string[];
  /**
   * What has to hold; null: the step's scores, or that it completed.
   */
  condition?: string | null;
  /**
   * How often its step runs before a gate that does not pass fails it.
   */
  max_rounds: number;
  /**
   * The step it goes back to, or that comes instead of `on_pass`.
   */
  on_fail?: string | null;
  /**
   * The step it goes on with.
   */
  on_pass?: string | null;
}
/**
 * A hand-off that waits for its agent.
 */
export interface HandOff {
  /**
   * Path of the command file.
   */
  command_file: string;
  /**
   * The run.
   */
  run_id: string;
  /**
   * The step.
   */
  step_id: string;
}
/**
 * Open hand-offs.
 */
export interface HandOffs {
  /**
   * Each of them.
   */
  waiting: HandOff[];
}
/**
 * The answer.
 */
export interface Hello {
  /**
   * Its process.
   */
  pid: number;
  /**
   * Its protocol.
   */
  protocol: number;
  /**
   * Version of the daemon's binary.
   */
  version: string;
}
/**
 * `daemon.hello`, first on every connection.
 */
export interface HelloParams {
  /**
   * [`crate::PROTOCOL_VERSION`] of the client.
   */
  protocol: number;
  /**
   * Version of the client's binary.
   */
  version: string;
}
/**
 * A worktree that was left where it is.
 */
export interface Left {
  /**
   * Its root.
   */
  path: string;
  /**
   * Why.
   */
  reason: string;
}
/**
 * A piece of a log.
 */
export interface LogChunk {
  /**
   * The attempt it is of.
   */
  attempt: number;
  /**
   * Bytes between head and tail that were not kept.
   */
  dropped: number;
  /**
   * Nothing will follow: the attempt has ended and this was its last piece.
   */
  end: boolean;
  /**
   * Offset to read on from.
   */
  next: number;
  /**
   * Offset of its first byte.
   */
  offset: number;
  /**
   * The text; bytes that are not UTF-8 are replaced.
   */
  text: string;
}
/**
 * `log.read`: of a step (`run_id`, `step_id`) or a task (`task_id`).
 */
export interface LogRead {
  /**
   * The attempt; absent = the last.
   */
  attempt?: number | null;
  /**
   * At most this many bytes; default and maximum 1 MiB.
   */
  limit?: number | null;
  /**
   * Byte offset to read from.
   */
  offset?: number;
  /**
   * The run.
   */
  run_id?: string | null;
  /**
   * The step.
   */
  step_id?: string | null;
  /**
   * The task.
   */
  task_id?: string | null;
}
/**
 * A back end that was not taken.
 */
export interface PassedOver {
  /**
   * Its name.
   */
  backend: string;
  /**
   * Why.
   */
  reason: string;
}
/**
 * The slots.
 */
export interface Pool {
  /**
   * Occupied.
   */
  busy: number;
  /**
   * Free.
   */
  idle: number;
  /**
   * Never more.
   */
  max: number;
  /**
   * Never fewer.
   */
  min: number;
  /**
   * Nothing new is started.
   */
  paused: boolean;
  /**
   * Why.
   */
  reason?: string | null;
  /**
   * Slots now.
   */
  size: number;
}
/**
 * `worktree.prune`.
 */
export interface PruneParams {
  /**
   * Also those of failed runs that retention would still keep.
   */
  all?: boolean;
  /**
   * Instead, those of repositories that are not there any more. What is in them is not saved.
   */
  gone?: boolean;
  /**
   * A folder in the repository. Not asked for with `gone`.
   */
  repo?: string | null;
}
/**
 * What was removed.
 */
export interface Pruned {
  /**
   * Worktrees that were not removed though nobody here needs them.
   */
  left?: Left[];
  /**
   * Removed worktrees.
   */
  removed: string[];
  /**
   * Saved states.
   */
  salvaged: string[];
  /**
   * What went wrong and did not keep a worktree from being removed.
   */
  warnings?: string[];
}
/**
 * The queue in numbers.
 */
export interface Queue {
  /**
   * Waiting for others or for a person.
   */
  blocked: number;
  /**
   * Queued by priority.
   */
  by_priority: {
    [k: string]: number;
  };
  /**
   * Queued by tenant.
   */
  by_tenant: {
    [k: string]: number;
  };
  /**
   * Ended well (of those kept).
   */
  completed: number;
  /**
   * Ended badly (of those kept).
   */
  failed: number;
  /**
   * Age of the oldest queued task in seconds.
   */
  oldest_s: number;
  /**
   * Ready, waiting for a slot.
   */
  queued: number;
  /**
   * Waiting for another attempt.
   */
  retry_wait: number;
  /**
   * Under way.
   */
  running: number;
}
/**
 * What a reload of the settings found.
 */
export interface Reloaded {
  /**
   * Problems; what is wrong keeps its last good value.
   */
  diagnostics: Diagnostic[];
  /**
   * Files that were read.
   */
  files: string[];
}
/**
 * A folder in a repository, or none for the user's settings alone.
 */
export interface RepoRef {
  /**
   * The folder.
   */
  repo?: string | null;
}
/**
 * Limits of one attempt; absent = not limited.
 */
export interface ResourceRequirements {
  /**
   * Percent of one core.
   */
  cpu_percent?: number | null;
  /**
   * Bytes of resident memory of the whole tree.
   */
  memory_bytes?: number | null;
}
/**
 * `worktree.restore`.
 */
export interface RestoreParams {
  /**
   * Name of the saved state.
   */
  name: string;
  /**
   * New folder to put it into.
   */
  path: string;
  /**
   * A folder in the repository.
   */
  repo: string;
}
/**
 * Where it was put.
 */
export interface Restored {
  /**
   * Its branch.
   */
  branch?: string | null;
  /**
   * The folder.
   */
  path: string;
}
/**
 * A round of a loop that is over.
 */
export interface Round {
  /**
   * The attempt that ended it.
   */
  attempt: number;
  /**
   * The commit that holds what the step left in it.
   */
  commit?: string | null;
  /**
   * When it was over.
   */
  ended_at: string;
  /**
   * Whether the step's own gate passed; null where it has none.
   */
  passed?: boolean | null;
  /**
   * From 1.
   */
  round: number;
  /**
   * How it went on: `on back aside out`.
   */
  way?: string | null;
  /**
   * What the gate asked and found.
   */
  why?: string | null;
}
/**
 * A run. Times are RFC 3339 in UTC with milliseconds.
 */
export interface Run {
  /**
   * The commit it starts from.
   */
  base_commit: string;
  /**
   * When it was made.
   */
  created_at: string;
  /**
   * From start to end, or until now.
   */
  duration_ms: number;
  /**
   * When it ended.
   */
  ended_at?: string | null;
  /**
   * Why it failed or what it waits for.
   */
  error?: Error | null;
  /**
   * Root of the repository.
   */
  repo: string;
  /**
   * `offshoot/<run>`, once there is one.
   */
  result_branch?: string | null;
  /**
   * Its tip.
   */
  result_commit?: string | null;
  /**
   * `<slug>-<8 base32>`.
   */
  run_id: string;
  /**
   * When its first step began.
   */
  started_at?: string | null;
  /**
   * `queued running needs_input completed failed cancelled`.
   */
  status: string;
  /**
   * The steps in file order.
   */
  steps: Step[];
  /**
   * Warnings about the run itself, for example a missing git identity.
   */
  warnings?: string[];
  /**
   * Path of the workflow file; null for a submitted task.
   */
  workflow_file?: string | null;
  /**
   * The workflow's id.
   */
  workflow_id: string;
}
/**
 * A step of a run.
 */
export interface Step {
  /**
   * What the role is asked for.
   */
  action?: string | null;
  /**
   * Role; null for a `run:` step.
   */
  agent?: string | null;
  /**
   * Files it left behind.
   */
  artifacts: Artifact[];
  /**
   * Oldest first.
   */
  attempts: Attempt[];
  /**
   * Back end of the last attempt.
   */
  backend?: string | null;
  /**
   * The step's branch.
   */
  branch?: string | null;
  /**
   * Class of its failure.
   */
  class?: string | null;
  /**
   * `@agent action --param value …`, or the shell text.
   */
  command: string;
  /**
   * The commit that holds its result.
   */
  commit?: string | null;
  /**
   * Paths that do not merge, and the steps that touch them.
   */
  conflicts: Conflict[];
  /**
   * Of all attempts.
   */
  duration_ms: number;
  /**
   * Why it failed or what it waits for.
   */
  error?: Error | null;
  /**
   * What was noticed: the worst 50 of it, in the order it was found. `finding.list` has all.
   */
  finding_list?: Finding[];
  /**
   * How many of each severity.
   */
  findings: FindingCounts;
  /**
   * How it goes on after it, where it has a gate.
   */
  gate?: Gate | null;
  /**
   * Id in the workflow.
   */
  id: string;
  /**
   * Ids of the steps it waits for.
   */
  needs: string[];
  /**
   * `KEY=VALUE` lines of `$OFFSHOOT_OUTPUT`.
   */
  outputs: {
    [k: string]: string;
  };
  /**
   * Back ends passed over for the last attempt.
   */
  passed_over: PassedOver[];
  /**
   * Ports that are leased to it, by the name of their variable.
   */
  ports?: {
    [k: string]: number;
  };
  /**
   * Why it was skipped, or what holds it up.
   */
  reason?: string | null;
  /**
   * The round it is in, or was in last, from 1.
   */
  round?: number;
  /**
   * Rounds that are over, oldest first; empty for a step that no gate has anything to do with.
   */
  rounds?: Round[];
  /**
   * Its scores by name, where it is scored and wrote any.
   */
  scores?: {
    [k: string]: number;
  };
  /**
   * `waiting queued preparing running verifying completed failed skipped cancelled needs_input unverified`.
   */
  status: string;
  /**
   * Its task.
   */
  task_id?: string;
  /**
   * What its scores are held against, where it names that: a score's name and `_min` or `_max`.
   */
  thresholds?: {
    [k: string]: number;
  };
  /**
   * For people.
   */
  title: string;
  /**
   * Path of the worktree; null when there is none.
   */
  worktree?: string | null;
}
/**
 * `run.list`.
 */
export interface RunFilter {
  /**
   * At most this many, newest first; default 20.
   */
  limit?: number | null;
  /**
   * Only runs of the repository this folder is in.
   */
  repo?: string | null;
  /**
   * Only runs of this workflow.
   */
  workflow_id?: string | null;
}
/**
 * Runs, newest first.
 */
export interface RunList {
  /**
   * The runs.
   */
  runs: Run[];
}
/**
 * A run by id or unique prefix.
 */
export interface RunRef {
  /**
   * A folder in the repository: needed with an empty `run_id`, and decides where a prefix fits runs of several.
   */
  repo?: string | null;
  /**
   * Id or unique prefix; empty = the newest run of `repo`.
   */
  run_id: string;
}
/**
 * `run.start`.
 */
export interface RunStart {
  /**
   * Start agents without a person, whatever the files say.
   */
  auto?: boolean;
  /**
   * Back ends, before the steps' own.
   */
  backends?: string[];
  /**
   * The client's environment; the daemon keeps what the contract names.
   */
  environment?: {
    [k: string]: string;
  };
  /**
   * Absolute path of the workflow file.
   */
  file: string;
  /**
   * Start from this step: the newest run of the same file goes on from there, with what completed before it.
   * Refused where the file, or the commit it would start from, is another than that run's.
   */
  from?: string | null;
  /**
   * Start from the checkout as it is, with what is uncommitted and untracked (not ignored), instead of its last
   * commit. The checkout is only read.
   */
  include_dirty?: boolean;
  /**
   * `--input KEY=VALUE`.
   */
  inputs?: {
    [k: string]: string;
  };
  /**
   * Steps at once.
   */
  max_parallel?: number | null;
  /**
   * Who asks: `cli` is consent, others need the workspace's trust.
   */
  origin?: Origin;
  /**
   * 0 to 100; default 50.
   */
  priority?: number | null;
  /**
   * A folder in the repository.
   */
  repo: string;
  /**
   * Wall clock of one attempt in seconds, where the step says nothing.
   */
  timeout_s?: number | null;
}
/**
 * A saved state.
 */
export interface Salvage {
  /**
   * The commit.
   */
  commit: string;
  /**
   * Name for `worktree restore`.
   */
  name: string;
}
/**
 * `pool.scale`.
 */
export interface Scale {
  /**
   * Slots wanted.
   */
  size: number;
}
/**
 * `config.set`.
 */
export interface SetParams {
  /**
   * The key.
   */
  key: string;
  /**
   * A folder in the repository; not needed for scope `user`.
   */
  repo?: string | null;
  /**
   * `project`, `auto` or `user`; absent = where the key belongs.
   */
  scope?: string | null;
  /**
   * The value, as YAML.
   */
  value: string;
}
/**
 * What was changed.
 */
export interface SetResult {
  /**
   * The file.
   */
  file: string;
  /**
   * The key.
   */
  key: string;
}
/**
 * A setting.
 */
export interface Setting {
  /**
   * Path of the key, for example `offshoot.max_parallel`.
   */
  key: string;
  /**
   * Line in that file.
   */
  line?: number | null;
  /**
   * One sentence.
   */
  meaning?: string;
  /**
   * `default`, `user`, `project`, `auto`, `environment` or `flag`.
   */
  origin: string;
  /**
   * File or variable that set it.
   */
  source?: string | null;
  /**
   * Its effective value.
   */
  value: {
    [k: string]: unknown;
  };
}
/**
 * Every setting with its effective value.
 */
export interface Settings {
  /**
   * Problems in the files.
   */
  diagnostics: Diagnostic[];
  /**
   * In order of key.
   */
  settings: Setting[];
}
/**
 * `background status`.
 */
export interface Status {
  /**
   * What holds limits here.
   */
  enforcement: Enforcement;
  /**
   * Open hand-offs.
   */
  hand_off: HandOffs;
  /**
   * `production` or `development`.
   */
  mode: string;
  /**
   * The daemon's process.
   */
  pid: number;
  /**
   * The slots.
   */
  pool: Pool;
  /**
   * What does not work right now, for example a full disk; empty when all is well.
   */
  problems?: string[];
  /**
   * The queue.
   */
  queue: Queue;
  /**
   * Resident memory of the daemon.
   */
  rss_bytes: number;
  /**
   * Path of its socket.
   */
  socket: string;
  /**
   * Tasks ended in the last minute.
   */
  tasks_per_minute: number;
  /**
   * Since its start.
   */
  uptime_s: number;
  /**
   * Its version.
   */
  version: string;
}
/**
 * A step of a run; without `step_id` all that the verb applies to.
 */
export interface StepRef {
  /**
   * The client's environment: brings secrets that a restart lost.
   */
  environment?: {
    [k: string]: string;
  };
  /**
   * A folder in the repository: decides where a prefix fits runs of several.
   */
  repo?: string | null;
  /**
   * Id or unique prefix.
   */
  run_id: string;
  /**
   * The step.
   */
  step_id?: string | null;
}
/**
 * `daemon.stop`.
 */
export interface Stop {
  /**
   * Agents go on; the next daemon takes them over.
   */
  leave_running?: boolean;
}
/**
 * What the stop means.
 */
export interface Stopping {
  /**
   * Attempts under way that go back into the queue (or go on).
   */
  attempts: number;
  /**
   * The daemon's process.
   */
  pid: number;
  /**
   * Repositories with open work.
   */
  repositories: string[];
}
/**
 * `events.subscribe`: from then on this connection gets `event` notifications.
 */
export interface Subscribe {
  /**
   * Only events of this repository.
   */
  repo?: string | null;
  /**
   * Only events of this run.
   */
  run_id?: string | null;
  /**
   * Only events after this one; absent = only new ones.
   */
  since?: number | null;
  /**
   * Only events of this task.
   */
  task_id?: string | null;
}
/**
 * The answer: state events follow from `last_seq + 1` on.
 */
export interface Subscribed {
  /**
   * The newest event at the time of the answer.
   */
  last_seq: number;
  /**
   * Events since `since` are no longer kept: read everything again.
   */
  reload: boolean;
}
/**
 * A Markdown page about a run.
 */
export interface Summary {
  /**
   * The page.
   */
  markdown: string;
  /**
   * The run.
   */
  run_id: string;
}
/**
 * A task. Times are RFC 3339 in UTC with milliseconds.
 */
export interface Task {
  /**
   * Role of the agent.
   */
  agent?: string | null;
  /**
   * Oldest first.
   */
  attempts: Attempt[];
  /**
   * `@agent action …`, or the command line.
   */
  command: string;
  /**
   * When it was made.
   */
  created_at: string;
  /**
   * Tasks that have to complete before.
   */
  dependencies: string[];
  /**
   * When it ended.
   */
  ended_at?: string | null;
  /**
   * Why it failed or what it waits for.
   */
  error?: Error | null;
  /**
   * Seconds, where it was learned.
   */
  estimated_duration?: number | null;
  /**
   * Retries after the first attempt.
   */
  max_retries: number;
  /**
   * Place in the queue from 1, while it is queued.
   */
  position?: number | null;
  /**
   * 0 to 100.
   */
  priority: number;
  /**
   * `critical high medium low`: the nearest name at or below the number.
   */
  priority_name: string;
  /**
   * Limits that hold for it.
   */
  resource_requirements: ResourceRequirements;
  /**
   * The run it is a step of.
   */
  run_id?: string | null;
  /**
   * Not before.
   */
  scheduled_at?: string | null;
  /**
   * When its first attempt began.
   */
  started_at?: string | null;
  /**
   * `queued scheduled blocked running retry_wait completed failed cancelled dependency_failed`.
   */
  status: string;
  /**
   * `t-…`.
   */
  task_id: string;
  /**
   * Kind of task.
   */
  task_type: string;
  /**
   * Root of the repository, or the folder.
   */
  tenant: string;
  /**
   * Wall clock of one attempt in seconds.
   */
  timeout: number;
  /**
   * The folder or worktree it runs in, while there is one.
   */
  worktree?: string | null;
}
/**
 * `task.list`.
 */
export interface TaskFilter {
  /**
   * At most this many, newest first; default 50.
   */
  limit?: number | null;
  /**
   * Only tasks of the repository or folder this folder is in.
   */
  repo?: string | null;
  /**
   * Only tasks with this status.
   */
  status?: string | null;
}
/**
 * Tasks, newest first.
 */
export interface TaskList {
  /**
   * The tasks.
   */
  tasks: Task[];
}
/**
 * A task by id or unique prefix.
 */
export interface TaskRef {
  /**
   * The client's environment: brings secrets that a restart lost.
   */
  environment?: {
    [k: string]: string;
  };
  /**
   * Id or unique prefix.
   */
  task_id: string;
}
/**
 * `task.submit`. Either `agent` and `task`, or `command`.
 */
export interface TaskSubmit {
  /**
   * Tasks that have to complete before; also accepted as `dependencies`.
   */
  after?: string[];
  /**
   * Role of the agent; `implementer` where a task is given without one.
   */
  agent?: string | null;
  /**
   * Back ends in order.
   */
  backends?: string[];
  /**
   * Program and arguments.
   */
  command?: string[];
  /**
   * Names of secret variables.
   */
  env?: string[];
  /**
   * The client's environment.
   */
  environment?: {
    [k: string]: string;
  };
  /**
   * Files and folders it is about.
   */
  files?: string[];
  /**
   * The folder it is submitted from.
   */
  folder: string;
  /**
   * Retries after the first attempt.
   */
  max_retries?: number | null;
  /**
   * Who asks.
   */
  origin?: Origin;
  /**
   * Parameters of what the agent is asked for, as those of a step: a text, a number, a boolean or a list of these.
   */
  params?: {
    [k: string]: unknown;
  };
  /**
   * 0 to 100; default 50.
   */
  priority?: number | null;
  /**
   * Not before this moment (RFC 3339).
   */
  scheduled_at?: string | null;
  /**
   * What the agent is asked for: an action, or free text.
   */
  task?: string | null;
  /**
   * Kind of task, for statistics and rules.
   */
  task_type?: string | null;
  /**
   * Wall clock of one attempt in seconds; also accepted as `timeout`.
   */
  timeout_s?: number | null;
  /**
   * A worktree of its own (then it is a run of one step), or the folder itself.
   */
  worktree?: boolean;
}
/**
 * Whether a repository's commands may be run from the editor.
 */
export interface Trust {
  /**
   * Canonical root.
   */
  repo: string;
  /**
   * The answer.
   */
  trusted: boolean;
}
/**
 * `trust.set`.
 */
export interface TrustParams {
  /**
   * A folder in the repository.
   */
  repo: string;
  /**
   * Trusted or not; absent = only ask.
   */
  trusted?: boolean | null;
}
/**
 * A workflow file.
 */
export interface WorkflowFile {
  /**
   * How many errors.
   */
  errors: number;
  /**
   * Its title.
   */
  name: string;
  /**
   * Relative to the repository.
   */
  path: string;
  /**
   * How many steps.
   */
  steps: number;
  /**
   * How many warnings.
   */
  warnings: number;
  /**
   * The workflow's id; null when the file cannot be run.
   */
  workflow_id?: string | null;
}
/**
 * Workflow files found in a repository.
 */
export interface WorkflowFiles {
  /**
   * In order of path.
   */
  files: WorkflowFile[];
  /**
   * Root of the repository.
   */
  repo?: string;
}
/**
 * A worktree.
 */
export interface Worktree {
  /**
   * Its branch.
   */
  branch?: string | null;
  /**
   * Bytes on disk, as they were last measured; not there until they have been.
   */
  bytes?: number | null;
  /**
   * The state folder that owns it, where that is another than this one.
   */
  owner?: string | null;
  /**
   * Its root.
   */
  path: string;
  /**
   * Ports that are leased to it, by the name of their variable.
   */
  ports?: {
    [k: string]: number;
  };
  /**
   * The run that owns it.
   */
  run_id?: string | null;
  /**
   * Since when it is in this state, or was made.
   */
  since?: string | null;
  /**
   * `active`, `conflict` (a person resolves one there), `kept` (failed or waiting, within retention), `warm` (of a completed step, to be used again),
   * `orphan`, or `foreign` (of another state folder, see `owner`).
   */
  state: string;
  /**
   * The step that owns it.
   */
  step_id?: string | null;
}
/**
 * Worktrees and saved states.
 */
export interface WorktreeList {
  /**
   * What `worktree restore` can bring back.
   */
  salvaged: Salvage[];
  /**
   * Worktrees.
   */
  worktrees: Worktree[];
}
/**
 * A state event (with `seq`: durable, in order, without gaps) or a signal (without: coalesced, may be lost).
 */
export interface Event {
  /**
   * RFC 3339, UTC.
   */
  at: string;
  /**
   * The attempt's number.
   */
  attempt?: number | null;
  /**
   * `run.<status>`, `step.<status>`, `task.<status>`, `attempt.<status>`, `gate.passed`, `gate.failed`, `overlap.waits`, `overlap.noticed`; signals: `progress`, `line`, `not_picked_up`, `findings` (what was dismissed or holds changed without an event), `reload`.
   */
  kind: string;
  /**
   * One line for people: a failure, the last line of output, a hint.
   */
  message?: string;
  /**
   * 0 to 100, in `progress`.
   */
  percentage?: number | null;
  /**
   * The run it is about.
   */
  run_id?: string | null;
  /**
   * Place in the journal; absent for signals.
   */
  seq?: number | null;
  /**
   * The step it is about.
   */
  step_id?: string | null;
  /**
   * The task it is about.
   */
  task_id?: string | null;
}

/** The one method table: parameters and result of each method. */
export interface Methods {
  /** Opens a connection: versions are compared. */
  'daemon.hello': { params: HelloParams; result: Hello };
  /** What the daemon does right now. */
  'daemon.status': { params: Empty; result: Status };
  /** Ends the daemon; attempts go back into the queue, or go on. */
  'daemon.stop': { params: Stop; result: Stopping };
  /** An older daemon makes room for the caller's newer one; attempts go on. */
  'daemon.handover': { params: HelloParams; result: Stopping };
  /** Reads all settings again. */
  'daemon.reload': { params: RepoRef; result: Reloaded };
  /** Starts a run of a workflow file. */
  'run.start': { params: RunStart; result: Run };
  /** Runs, newest first. */
  'run.list': { params: RunFilter; result: RunList };
  /** One run. */
  'run.show': { params: RunRef; result: Run };
  /** Stops a run; what completed stays. */
  'run.cancel': { params: RunRef; result: Run };
  /** Goes on with everything that has not completed. */
  'run.resume': { params: StepRef; result: Run };
  /** Sets failed steps (or one step and what follows from it) going again. */
  'run.retry': { params: StepRef; result: Run };
  /** Takes an unverified step as completed. */
  'run.accept': { params: StepRef; result: Run };
  /** What a run or a step changed. */
  'run.diff': { params: DiffParams; result: Diff };
  /** Puts a run's changes into the working tree, checks that, or takes it back. */
  'run.apply': { params: ApplyParams; result: Applied };
  /** Removes a run's branches and worktrees; everything is saved first. */
  'run.discard': { params: RunRef; result: Discarded };
  /** A Markdown page about a run. */
  'run.summary': { params: RunRef; result: Summary };
  /** A file as a run or step found it, or left it. */
  'file.read': { params: FileRead; result: FileContent };
  /** What the newest runs found that holds now, with places. */
  'finding.list': { params: FindingFilter; result: FindingList };
  /** Does not show a finding again, also of later runs; or takes that back. */
  'finding.dismiss': { params: FindingDismiss; result: Dismissed };
  /** Puts a task into the queue. */
  'task.submit': { params: TaskSubmit; result: Task };
  /** Tasks, newest first. */
  'task.list': { params: TaskFilter; result: TaskList };
  /** One task. */
  'task.show': { params: TaskRef; result: Task };
  /** Stops a task. */
  'task.cancel': { params: TaskRef; result: Task };
  /** Sets an ended task going again. */
  'task.retry': { params: TaskRef; result: Task };
  /** A piece of an attempt's log. */
  'log.read': { params: LogRead; result: LogChunk };
  /** From now on this connection gets `event` notifications. */
  'events.subscribe': { params: Subscribe; result: Subscribed };
  /** The slots. */
  'pool.status': { params: Empty; result: Pool };
  /** Another number of slots, until the daemon ends. */
  'pool.scale': { params: Scale; result: Pool };
  /** Starts nothing new. */
  'pool.pause': { params: Empty; result: Pool };
  /** Starts things again. */
  'pool.resume': { params: Empty; result: Pool };
  /** Worktrees of steps and saved states. */
  'worktree.list': { params: RepoRef; result: WorktreeList };
  /** Removes worktrees nobody needs. */
  'worktree.prune': { params: PruneParams; result: Pruned };
  /** Brings a saved state back. */
  'worktree.restore': { params: RestoreParams; result: Restored };
  /** Every setting with its effective value and where it comes from. */
  'config.show': { params: RepoRef; result: Settings };
  /** Writes a setting into a file. */
  'config.set': { params: SetParams; result: SetResult };
  /** Asks for or sets the trust in a repository. */
  'trust.set': { params: TrustParams; result: Trust };
  /** Workflow files found in a repository. */
  'workflow.files': { params: RepoRef; result: WorkflowFiles };
}
