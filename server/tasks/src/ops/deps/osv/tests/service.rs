//! The service of OSV, played: batches, pages, refusals, and answers that are none.

use super::{Bare, package};
use crate::ground::{Halt, Stop};
use crate::ops::deps::osv::api::{Answers, Service};
use crate::ops::deps::package::{Ecosystem, Package};
use crate::web::{Answer, Request, Unanswered, Web};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;

/// A service that answers by a function, and remembers what it was asked.
struct Played<F> {
    answer: F,
    asked: Mutex<Vec<Request>>,
}

impl<F: Fn(&Request, usize) -> Result<Answer, Unanswered> + Sync> Web for Played<F> {
    fn ask(&self, request: &Request) -> Result<Answer, Unanswered> {
        let mut asked = self.asked.lock().unwrap();
        asked.push(request.clone());
        let number = asked.len();
        drop(asked);
        (self.answer)(request, number)
    }
}

fn status(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
    Answer {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.into(),
    }
}

fn ok(body: &Value) -> Result<Answer, Unanswered> {
    Ok(status(200, &[], body.to_string()))
}

/// `{"vulns": […]}` for each question.
fn batch(pages: &[&[&str]]) -> Result<Answer, Unanswered> {
    let page = |ids: &&[&str]| {
        let vulns: Vec<Value> = ids
            .iter()
            .map(|id| json!({ "id": id, "modified": "m" }))
            .collect();
        json!({ "vulns": vulns })
    };
    ok(&json!({ "results": pages.iter().map(page).collect::<Vec<_>>() }))
}

fn record(url: &str) -> Result<Answer, Unanswered> {
    let id = url.rsplit('/').next().unwrap();
    ok(&json!({ "id": id, "modified": "m", "summary": format!("about {id}") }))
}

struct Outcome {
    answers: Result<Answers, Halt>,
    asked: Vec<Request>,
}

impl Outcome {
    fn errors(&self) -> String {
        self.answers.as_ref().unwrap().errors.join("\n")
    }
}

fn ask_in(
    folder: &std::path::Path,
    packages: &[Package],
    ground: &Bare,
    answer: impl Fn(&Request, usize) -> Result<Answer, Unanswered> + Sync,
) -> Outcome {
    let web = Played {
        answer,
        asked: Mutex::default(),
    };
    let service = Service {
        base: "http://osv.test/",
        web: &web,
        ground,
        cache: folder,
        pause: Duration::ZERO,
    };
    let packages: Vec<&Package> = packages.iter().collect();
    let answers = service.ask(&packages);
    Outcome {
        answers,
        asked: web.asked.into_inner().unwrap(),
    }
}

fn ask(answer: impl Fn(&Request, usize) -> Result<Answer, Unanswered> + Sync) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let packages = ["a", "b"].map(|name| package(Ecosystem::Npm, name, "1.0.0"));
    ask_in(folder.path(), &packages, &Bare::endless(), answer)
}

#[test]
fn packages_are_asked_about_in_one_batch_and_advisories_fetched_once() {
    let outcome = ask(|request, number| match number {
        1 => batch(&[&["X-1", "X-2"], &["X-1"]]),
        _ => record(&request.url),
    });
    let answers = outcome.answers.as_ref().unwrap();
    assert_eq!(answers.errors, Vec::<String>::new());
    assert_eq!(answers.ids[0].len(), 2);
    assert_eq!(answers.ids[1].len(), 1);
    assert_eq!(answers.records["X-2"].summary, "about X-2");
    assert_eq!(outcome.asked.len(), 3);
    assert_eq!(outcome.asked[0].url, "http://osv.test/v1/querybatch");
    let body: Value = serde_json::from_str(outcome.asked[0].body.as_ref().unwrap()).unwrap();
    assert_eq!(
        body["queries"][1],
        json!({ "package": { "name": "b", "ecosystem": "npm" }, "version": "1.0.0" })
    );
}

#[test]
fn pages_are_followed_to_their_end() {
    let outcome = ask(|request, number| match number {
        1 => ok(
            &json!({ "results": [{}, { "vulns": [{ "id": "X-1", "modified": "m" }], "next_page_token": "t" }] }),
        ),
        2 => batch(&[&["X-2"]]),
        _ => record(&request.url),
    });
    let answers = outcome.answers.unwrap();
    assert_eq!(answers.errors, Vec::<String>::new());
    assert_eq!(answers.ids[1].keys().collect::<Vec<_>>(), ["X-1", "X-2"]);
    let second: Value = serde_json::from_str(outcome.asked[1].body.as_ref().unwrap()).unwrap();
    assert_eq!(second["queries"].as_array().unwrap().len(), 1);
    assert_eq!(second["queries"][0]["page_token"], "t");
    let endless = ask(|_, _| {
        ok(&json!({ "results": [{ "next_page_token": "t" }, { "next_page_token": "t" }] }))
    });
    assert!(
        endless.errors().contains("50 pages"),
        "{}",
        endless.errors()
    );
}

#[test]
fn many_packages_go_in_several_batches() {
    let folder = tempfile::tempdir().unwrap();
    let packages: Vec<Package> = (0..1001)
        .map(|number| package(Ecosystem::Npm, &format!("p{number}"), "1.0.0"))
        .collect();
    let outcome = ask_in(
        folder.path(),
        &packages,
        &Bare::endless(),
        |request, number| match number {
            1 => batch(&[[].as_slice(); 1000]),
            2 => batch(&[&["X-1"]]),
            _ => record(&request.url),
        },
    );
    let answers = outcome.answers.unwrap();
    assert_eq!((answers.ids.len(), answers.ids[1000].len()), (1001, 1));
}

#[test]
fn a_busy_service_is_asked_again() {
    let tired = |request: &Request, number: usize| match number {
        1 => Ok(status(429, &[("retry-after", "0")], "")),
        2 => Ok(status(503, &[], "")),
        3 => batch(&[&["X-1"], &[]]),
        4 => Err(Unanswered::Failed("cut off".to_owned())),
        _ => record(&request.url),
    };
    let outcome = ask(tired);
    assert_eq!(outcome.errors(), "");
    assert_eq!(outcome.asked.len(), 5);
    let later = ask(|_, _| Ok(status(429, &[("retry-after", "3600")], "")));
    assert!(
        later.errors().contains("429") && later.errors().contains("3600 s"),
        "{}",
        later.errors()
    );
    assert_eq!(later.asked.len(), 1);
}

#[test]
fn what_is_no_answer_is_an_error_and_never_nothing() {
    type Say = fn() -> Result<Answer, Unanswered>;
    let broken: [(&str, Say, usize); 6] = [
        ("status 500", || Ok(status(500, &[], "")), 3),
        ("status 404", || Ok(status(404, &[], "")), 1),
        (
            "timed out",
            || Err(Unanswered::Failed("timed out".to_owned())),
            3,
        ),
        ("may not be used", || Err(Unanswered::NotAllowed), 1),
        (
            "cannot be read",
            || Ok(status(200, &[], "{\"results\": [{")),
            1,
        ),
        ("1 answers to 2 questions", || batch(&[&["X-1"]]), 1),
    ];
    for (expected, answer, times) in broken {
        let outcome = ask(|_, _| answer());
        assert!(
            outcome.errors().contains(expected),
            "{} in {}",
            expected,
            outcome.errors()
        );
        assert_eq!(outcome.asked.len(), times, "{expected}");
    }
    assert!(ask(|_, _| ok(&json!({}))).errors().contains("0 answers"));
}

#[test]
fn an_advisory_that_cannot_be_had_is_still_known_by_its_id() {
    let outcome = ask(|request, number| match number {
        1 => batch(&[&["X-1", "X-2"], &["../../etc"]]),
        _ if request.url.ends_with("X-2") => Ok(status(404, &[], "")),
        _ => record(&request.url),
    });
    let answers = outcome.answers.as_ref().unwrap();
    assert_eq!(answers.ids[0].keys().collect::<Vec<_>>(), ["X-1", "X-2"]);
    assert_eq!(answers.records.keys().collect::<Vec<_>>(), ["X-1"]);
    let errors = outcome.errors();
    assert!(
        errors.contains("/v1/vulns/X-2: it answered with status 404"),
        "{errors}"
    );
    assert!(errors.contains("by what is no id"), "{errors}");
}

#[test]
fn advisories_are_kept_until_they_change() {
    let folder = tempfile::tempdir().unwrap();
    let packages = [package(Ecosystem::Npm, "a", "1.0.0")];
    let run = |modified: &'static str| {
        ask_in(
            folder.path(),
            &packages,
            &Bare::endless(),
            move |request, number| match number {
                1 => ok(
                    &json!({ "results": [{ "vulns": [{ "id": "X-1", "modified": modified }] }] }),
                ),
                _ => ok(&json!({ "id": request.url.rsplit('/').next(), "modified": modified })),
            },
        )
    };
    let times = ["m1", "m1", "m2"].map(|modified| run(modified).asked.len());
    assert_eq!(times, [2, 1, 2]);
}

#[test]
fn a_stop_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let packages = [package(Ecosystem::Npm, "a", "1.0.0")];
    for looks in 0..4 {
        let outcome = ask_in(
            folder.path(),
            &packages,
            &Bare::stopping_after(looks),
            |_, _| Ok(status(503, &[("retry-after", "59")], "")),
        );
        assert!(
            matches!(outcome.answers, Err(Halt::Stopped(Stop::Cancelled))),
            "{looks}"
        );
    }
}
