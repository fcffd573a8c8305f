//! What holds after every turn.

use super::world::World;
use crate::attempt::Phase;
use crate::ids::TaskId;
use crate::machine::{Effect, State, Turn};
use crate::overlap::Edits;
use crate::round::Way;
use crate::run::RunState;
use crate::task::{Place, Task, TaskState};
use crate::workflow::Condition;

/// Never more attempts with a process than slots, unless there were more slots before.
pub(super) fn slots(state: &State, before: u32) {
    let (size, busy, _) = state.pool();
    assert!(
        busy <= size.max(before),
        "{busy} of {size} slots, {before} before"
    );
}

/// Attempts are numbered from 1 without gaps, and only the last can be under way.
pub(super) fn attempts(task: &Task) {
    for (attempt, number) in task.attempts.iter().zip(1u32..) {
        assert_eq!(attempt.number, number, "{}", task.id);
    }
    let last = task.attempts.len().saturating_sub(1);
    for (index, attempt) in task.attempts.iter().enumerate() {
        let over = matches!(attempt.phase, Phase::Ended { .. });
        let under_way = index == last && task.active().is_some();
        assert_eq!(over, !under_way, "{} {:?}", task.id, task.state);
    }
    assert!(
        task.stop.is_none() || task.active().is_some(),
        "{}",
        task.id
    );
}

/// Rounds end in ascending attempts, and no gate sends back more often in a row than it may.
pub(super) fn rounds(task: &Task) {
    let numbers: Vec<u32> = task.rounds.iter().map(|round| round.attempt).collect();
    assert!(
        numbers.is_sorted_by(|a, b| a < b),
        "{} {numbers:?}",
        task.id
    );
    let back = |round: &&crate::round::Round| {
        round
            .answer
            .as_ref()
            .is_some_and(|answer| answer.way == Way::Back)
    };
    let row = task.rounds.iter().rev().take_while(back).count();
    assert!(
        row < task.policy.rounds.max(1) as usize,
        "{} {row}",
        task.id
    );
}

/// Who begins is on the way that every gate before it went, and builds on no loop that is still open.
fn on_the_way(world: &World, run: &crate::run::Run, index: usize, id: &TaskId) {
    let steps = &run.workflow.steps;
    for need in &steps[index].needs {
        let before = &world.tasks[&run.tasks[*need]];
        let gate = before.step.gate.as_ref();
        if let (Some(gate), Some(answer)) = (gate, before.gate_answer())
            && gate.on_pass != gate.on_fail
        {
            let wrong = match answer.way {
                Way::On => gate.on_fail.filter(|_| gate.again.is_empty()),
                Way::Aside => gate.on_pass,
                // What failed and is forgiven lets the rest go on.
                Way::Back | Way::Out => None,
            };
            assert_ne!(wrong, Some(index), "{id} after {}", before.id);
        }
    }
    for (own, step) in steps.iter().enumerate() {
        let again = step.gate.as_ref().map_or(&[][..], |gate| &gate.again);
        let inside = |step: &usize| *step != own && again.contains(step);
        if !again.contains(&index) && steps[index].needs.iter().any(inside) {
            let gate = &world.tasks[&run.tasks[own]];
            assert!(gate.is_ended(), "{id} in the loop of {}", gate.id);
        }
    }
}

/// What a task stands for has to be there before it begins.
pub(super) fn may_run(world: &World, id: &TaskId) {
    let task = &world.tasks[id];
    for before in &task.after {
        assert!(world.tasks[before].satisfies(), "{id} before {before}");
    }
    let Some((run, index)) = &task.run else {
        return;
    };
    let run = &world.runs[run];
    on_the_way(world, run, *index, id);
    for need in &task.step.needs {
        let need = &world.tasks[&run.tasks[*need]];
        assert!(need.is_ended(), "{id} before {}", need.id);
        if let Condition::Satisfied = task.step.condition {
            let met = need.satisfies() || need.sent_aside_to(*index);
            assert!(met, "{id} without {}", need.id);
        }
    }
}

/// Everything else.
pub(super) fn all(world: &World) {
    counts(&world.state);
    apart(&world.state);
    nothing_forgotten(&world.state, world);
    for task in world.state.tasks() {
        assert_eq!(Some(task), world.tasks.get(&task.id), "not what is stored");
        owed(world, task);
    }
    for run in world.state.runs() {
        assert_eq!(Some(run), world.runs.get(&run.id), "not what is stored");
        let finishing = count(world, |effect| *effect == Effect::Finish(run.id.clone()));
        let expected = usize::from(matches!(run.state, RunState::Finishing));
        let stale = usize::from(world.state.flight.finishing.contains(&run.id));
        assert!(finishing >= expected && finishing <= expected.max(stale));
    }
}

/// No two steps that serialize are at work at once and edit the same files.
fn apart(state: &State) {
    let at_work = |task: &&Task| task.active().is_some() && state.serializes(task);
    let at_work: Vec<&Task> = state.tasks().filter(at_work).collect();
    for (index, one) in at_work.iter().enumerate() {
        for other in &at_work[..index] {
            let (a, b) = (Edits::declared(&one.step), Edits::declared(&other.step));
            assert_eq!(a.meeting(&b), None, "{} and {}", one.id, other.id);
        }
    }
    let editing: usize = state.editing.values().map(|tasks| tasks.len()).sum();
    let active = |task: &&Task| task.active().is_some() && task.place == Place::Worktree;
    assert_eq!(editing, state.tasks().filter(active).count());
}

/// Queue, timers and counts are what follows from the tasks.
fn counts(state: &State) {
    let number = |wanted: &dyn Fn(&Task) -> bool| state.tasks().filter(|task| wanted(task)).count();
    assert_eq!(state.slots_busy as usize, number(&Task::holds_slot));
    assert_eq!(state.hand_offs_open as usize, number(&Task::holds_hand_off));
    let busy: u32 = state.busy.values().sum();
    assert_eq!(busy, state.slots_busy);
    let queued = number(&|task| matches!(task.state, TaskState::Queued { .. }));
    assert_eq!(state.queued(), queued);
    let timed = number(&|task| {
        matches!(
            task.state,
            TaskState::Scheduled { .. } | TaskState::RetryWait { .. }
        )
    });
    assert_eq!(state.timers.len(), timed);
    for run in state.runs() {
        let book = &state.books[&run.id];
        let tasks: Vec<&Task> = state.tasks_of(run).collect();
        let open = tasks.iter().filter(|task| !task.is_ended()).count();
        let active = tasks.iter().filter(|task| task.active().is_some()).count();
        assert_eq!((book.open, book.active), (open, active));
    }
    assert_eq!(state.books.len(), state.runs.len());
}

/// Whatever can go on by itself has gone on; and what has ended and nobody asks for is forgotten.
fn nothing_forgotten(state: &State, world: &World) {
    let mut again = state.clone();
    let mut turn = Turn::default();
    again.settle_all(world.now, &mut turn);
    again.plan(world.now, &mut turn);
    assert!(turn.is_empty(), "left undone: {turn:?}");
    for (before, list) in &state.dependants {
        let known = |id| {
            state
                .task(id)
                .is_some_and(|task| task.after.contains(before))
        };
        assert!(list.iter().all(known), "{before}: {list:?}");
    }
}

/// Every attempt under way has exactly one thing that will report, and nothing else has one.
fn owed(world: &World, task: &Task) {
    let id = &task.id;
    let of = |effect: Effect| count(world, |other| *other == effect);
    let (prepare, launch) = (
        of(Effect::Prepare(id.clone())),
        of(Effect::Launch(id.clone())),
    );
    let (verify, release) = (
        of(Effect::Verify(id.clone())),
        of(Effect::Release(id.clone())),
    );
    let alive = usize::from(world.alive.contains_key(id));
    let later = usize::from(world.state.flight.verify_again.contains(id));
    let phase = task.active().map(|attempt| &attempt.phase);
    let expected = match phase {
        Some(Phase::Preparing) => (1, 0, 0, 0),
        Some(Phase::Starting) => (0, 1, 0, 0),
        Some(Phase::Running { .. }) => (0, 0, 1, 0),
        Some(Phase::Verifying { .. }) => (0, 0, 0, 1),
        Some(Phase::Ended { .. }) => panic!("{id} is active, and its attempt has ended"),
        None => (0, 0, 0, 0),
    };
    let found = (prepare, launch, alive, verify + later);
    // A launch that is being adopted is alive before it has said so.
    let adopted = matches!(phase, Some(Phase::Starting)) && launch + alive == 1;
    assert!(
        found == expected || adopted || world.adopting,
        "{id}: {found:?} for {phase:?}"
    );
    let wanted = usize::from(task.lets_go());
    let stale = usize::from(world.state.flight.releasing.contains(id));
    assert!(
        release >= wanted && release <= wanted.max(stale),
        "{id}: {release}"
    );
}

fn count(world: &World, wanted: impl Fn(&Effect) -> bool) -> usize {
    world
        .pending
        .iter()
        .filter(|(effect, _)| wanted(effect))
        .count()
}
