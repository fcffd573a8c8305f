//! All commands of the palette. A new one is a file, a line here, and its title in package.json.

import type { Command } from './command';
import { acceptStep } from './acceptStep';
import { applyFile } from './applyFile';
import { applyRun } from './applyRun';
import { applyStep } from './applyStep';
import { cancelRun } from './cancelRun';
import { cancelTask } from './cancelTask';
import { checkoutResult } from './checkoutResult';
import { chooseFiles } from './chooseFiles';
import { chooseServer } from './chooseServer';
import { copyBranch } from './copyBranch';
import { copyId } from './copyId';
import { copyPath } from './copyPath';
import { copyWorktree } from './copyWorktree';
import { daemonLog } from './daemonLog';
import { discardRun } from './discardRun';
import { dismissFinding } from './dismissFinding';
import { distrust } from './distrust';
import { init } from './init';
import { openArtifact } from './openArtifact';
import { openFinding } from './openFinding';
import { openLog } from './openLog';
import { openRun } from './openRun';
import { openTerminal } from './openTerminal';
import { openWorkflow } from './openWorkflow';
import { openWorktree } from './openWorktree';
import { output } from './output';
import { pausePool } from './pausePool';
import { pruneWorktrees } from './pruneWorktrees';
import { refresh } from './refresh';
import { refuseFile } from './refuseFile';
import { reloadConfig } from './reloadConfig';
import { restartDaemon } from './restartDaemon';
import { restartServer } from './restartServer';
import { restoreWorktree } from './restoreWorktree';
import { resumePool } from './resumePool';
import { resumeRun } from './resumeRun';
import { retryRun } from './retryRun';
import { retryStep } from './retryStep';
import { retryTask } from './retryTask';
import { revealRun } from './revealRun';
import { runTask } from './runTask';
import { runWorkflow } from './runWorkflow';
import { runWorkflowWith } from './runWorkflowWith';
import { scalePool } from './scalePool';
import { sendToBackground } from './sendToBackground';
import { showDiff } from './showDiff';
import { showFileDiff } from './showFileDiff';
import { showHealth } from './showHealth';
import { showLog } from './showLog';
import { showSettings } from './showSettings';
import { showSummary } from './showSummary';
import { stopDaemon } from './stopDaemon';
import { trust } from './trust';
import { undismissFindings } from './undismissFindings';
import { undoApply } from './undoApply';
import { unrefuseFile } from './unrefuseFile';
import { walkthrough } from './walkthrough';

export const COMMANDS: readonly Command[] = [
  runWorkflow,
  runWorkflowWith,
  sendToBackground,
  runTask,
  openRun,
  revealRun,
  showSummary,
  openWorkflow,
  cancelRun,
  resumeRun,
  retryRun,
  retryStep,
  acceptStep,
  showLog,
  openLog,
  showDiff,
  showFileDiff,
  applyRun,
  applyStep,
  chooseFiles,
  undoApply,
  applyFile,
  refuseFile,
  unrefuseFile,
  checkoutResult,
  discardRun,
  openWorktree,
  openTerminal,
  copyWorktree,
  copyBranch,
  copyId,
  openArtifact,
  openFinding,
  dismissFinding,
  undismissFindings,
  copyPath,
  cancelTask,
  retryTask,
  refresh,
  showHealth,
  showSettings,
  reloadConfig,
  pausePool,
  resumePool,
  scalePool,
  trust,
  distrust,
  pruneWorktrees,
  restoreWorktree,
  stopDaemon,
  restartDaemon,
  daemonLog,
  restartServer,
  chooseServer,
  output,
  init,
  walkthrough,
];
