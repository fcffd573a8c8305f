//! Courses of attempts, told as facts at milliseconds since the start.

use super::*;
use crate::attempt::Program;

/// At this time: does the main process live, does anything live, is a stop asked for; and what follows.
type Moment = (u64, bool, bool, bool, Action);

/// A course with 1000 ms of grace and 200 ms for leaks.
#[track_caller]
fn check(limits: Limits, moments: &[Moment], cause: Option<&Outcome>) {
    let mut spec = AttemptSpec::new("c", Program::Shell(String::new()), "/");
    (spec.limits, spec.grace_ms, spec.leak_grace_ms) = (limits, 1_000, 200);
    let start = Instant::now();
    let mut course = Course::new(&spec, start);
    for (at, main, children, stop, expected) in moments {
        let facts = Facts {
            now: start + Duration::from_millis(*at),
            main_ended: !main,
            children: *children,
            stop: stop.then_some("why"),
            output_bytes: *at,
            last_output: start,
            usage: Usage {
                rss_bytes: *at,
                cpu_ms: 0,
                processes: *at,
            },
        };
        assert_eq!(course.decide(&facts), *expected, "at {at}");
    }
    assert_eq!(course.cause().as_ref(), cause);
}

fn stopped() -> Outcome {
    Outcome::Stopped {
        reason: "why".to_owned(),
    }
}

#[test]
fn an_end_without_leftovers_is_over_at_once() {
    let course = [
        (0, true, true, false, Action::Wait),
        (5, false, false, false, Action::Over),
    ];
    check(Limits::default(), &course, None);
    // Also when the stop came at the same moment: it ended by itself.
    check(
        Limits::default(),
        &[(5, false, false, true, Action::Over)],
        None,
    );
}

#[test]
fn a_stop_is_term_then_kill_again_and_again() {
    let course = [
        (0, true, true, false, Action::Wait),
        (10, true, true, true, Action::Term),
        (500, true, true, true, Action::Wait),
        (1_010, true, true, true, Action::Kill),
        (1_011, false, true, true, Action::Wait),
        (1_030, false, true, true, Action::Kill),
        (1_040, false, false, true, Action::Over),
    ];
    check(Limits::default(), &course, Some(&stopped()));
}

#[test]
fn the_grace_is_for_the_whole_tree() {
    let course = [
        (0, true, true, true, Action::Term),
        (100, false, true, true, Action::Wait),
        (1_000, false, true, true, Action::Kill),
        (1_001, false, false, true, Action::Over),
    ];
    check(Limits::default(), &course, Some(&stopped()));
}

#[test]
fn leftovers_get_their_time_then_term_then_kill() {
    let course = [
        (50, false, true, false, Action::Wait),
        (249, false, true, false, Action::Wait),
        (250, false, true, false, Action::TermLeaked),
        (449, false, true, false, Action::Wait),
        (450, false, true, false, Action::Kill),
        (460, false, false, false, Action::Over),
    ];
    check(Limits::default(), &course, None);
    let asked = [
        (50, false, true, false, Action::Wait),
        (60, false, true, true, Action::TermLeaked),
        (61, false, false, true, Action::Over),
    ];
    check(Limits::default(), &asked, None);
}

#[test]
fn what_hangs_in_the_kernel_is_given_up() {
    let course = [
        (0, true, true, true, Action::Term),
        (1_000, true, true, true, Action::Kill),
        (20_999, true, true, true, Action::Kill),
        (21_000, true, true, true, Action::Over),
    ];
    check(Limits::default(), &course, Some(&stopped()));
}

#[test]
fn every_limit_ends_it_and_the_first_one_counts() {
    let at = |limits: Limits, class, allowed| {
        let course = [
            (99, true, true, false, Action::Wait),
            (101, true, true, false, Action::Term),
            // A stop that comes later changes nothing.
            (102, true, true, true, Action::Wait),
            (103, false, false, true, Action::Over),
        ];
        check(limits, &course, Some(&Outcome::Limit { class, allowed }));
    };
    let none = Limits::default();
    at(
        Limits {
            wall_ms: Some(100),
            ..none
        },
        LimitClass::Timeout,
        100,
    );
    at(
        Limits {
            silence_ms: Some(100),
            ..none
        },
        LimitClass::Silent,
        100,
    );
    at(
        Limits {
            output_bytes: Some(100),
            ..none
        },
        LimitClass::Output,
        100,
    );
    at(
        Limits {
            memory_bytes: Some(100),
            ..none
        },
        LimitClass::Memory,
        100,
    );
    at(
        Limits {
            processes: Some(100),
            ..none
        },
        LimitClass::Process,
        100,
    );
    let both = Limits {
        wall_ms: Some(100),
        silence_ms: Some(100),
        ..none
    };
    at(both, LimitClass::Timeout, 100);
}

#[test]
fn it_wakes_for_the_next_thing_that_can_happen() {
    let mut spec = AttemptSpec::new("c", Program::Shell(String::new()), "/");
    let start = Instant::now();
    let later = |ms| start + Duration::from_millis(ms);
    assert_eq!(Course::new(&spec, start).wake_at(start), None);
    spec.limits = Limits {
        wall_ms: Some(500),
        silence_ms: Some(100),
        ..Limits::default()
    };
    let course = Course::new(&spec, start);
    assert_eq!(course.wake_at(later(50)), Some(later(150)));
    assert_eq!(course.wake_at(later(450)), Some(later(500)));
    spec.limits.wall_ms = Some(u64::MAX);
    assert_eq!(Course::new(&spec, start).wake_at(start), Some(later(100)));
}
