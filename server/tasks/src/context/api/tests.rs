//! What is asked of Context7, and what each of its answers means.

use super::{Access, Api, Key, Quota, Refusal};
use crate::context::bed::{Asked, Bed, Fake, now, well};
use crate::ground::Stop;

fn ask<T>(fake: &Fake, work: impl FnOnce(&Api<'_>) -> T) -> (T, Quota, u64) {
    let bed = Bed::new(&[]);
    let access = Access::new(None, Key::new("ctx7sk-never-told")).unwrap();
    let api = Api::new(fake, &bed, &access, Quota::default(), now());
    let answer = work(&api);
    (answer, api.quota(), api.sent())
}

#[test]
fn a_library_is_asked_for_at_the_current_address() {
    let fake = Fake::well();
    let (found, _, sent) = ask(&fake, |api| {
        api.find("@scope/some.name", "how & why?").unwrap()
    });
    assert_eq!(
        (found.id.as_str(), found.trust, sent),
        ("/owner/some.name", Some(9.1), 1)
    );
    let asked = &fake.asked()[0];
    assert_eq!(asked.path, "/api/v2/libs/search");
    assert_eq!(
        [asked.get("libraryName"), asked.get("query")],
        ["@scope/some.name", "how & why?"]
    );
}

#[test]
fn answers_become_markdown() {
    let fake = Fake::well();
    let (docs, _, sent) = ask(&fake, |api| api.docs("/owner/name", "how & why?").unwrap());
    assert_eq!(
        docs.text,
        "### Start\n\nAbout /owner/name.\n\n### Use it\n\nAs here.\n\n```rust\nlet a = 1;\n```"
    );
    assert_eq!(
        (docs.id.as_str(), docs.snippets, sent),
        ("/owner/name", 2, 1)
    );
    let asked = &fake.asked()[0];
    assert_eq!(asked.path, "/api/v2/context");
    assert_eq!(
        [
            asked.get("libraryId"),
            asked.get("query"),
            asked.get("type")
        ],
        ["/owner/name", "how & why?", "json"]
    );
    assert_eq!(asked.key.as_deref(), Some("Bearer ctx7sk-never-told"));
    let text = Fake::new(|_, _| (200, Vec::new(), "### Plain\n\ntext".to_owned()));
    assert_eq!(
        ask(&text, |api| api.docs("/a/b", "q")).0.unwrap().text,
        "### Plain\n\ntext"
    );
}

/// What a fake says always.
fn always(status: u16, headers: &[(&'static str, &str)], body: &str) -> Fake {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    let body = body.to_owned();
    Fake::new(move |_, _| (status, headers.clone(), body.clone()))
}

#[test]
fn each_status_has_its_meaning() {
    let reset = (now().as_second() + 90).to_string();
    for (fake, expected, sent) in [
        (always(202, &[], "{}"), Refusal::NotReady, 1),
        (
            always(301, &[], "{}"),
            Refusal::Odd("it says that the library has moved, and not where to".to_owned()),
            1,
        ),
        (always(400, &[], "{}"), Refusal::Question(400), 1),
        (always(401, &[], "{}"), Refusal::Key(401), 1),
        (always(402, &[], "{}"), Refusal::Spending, 1),
        (always(403, &[], "{}"), Refusal::Key(403), 1),
        (
            always(404, &[], "{\"error\":\"library_not_found\"}"),
            Refusal::NotFound,
            1,
        ),
        (always(422, &[], "{}"), Refusal::Question(422), 1),
        (
            always(429, &[("retry-after", "3600")], "{}"),
            Refusal::Limited(Some(3600)),
            1,
        ),
        (
            always(429, &[("ratelimit-reset", &reset)], "{}"),
            Refusal::Limited(Some(90)),
            1,
        ),
        (always(429, &[], "{}"), Refusal::Limited(None), 1),
        (always(500, &[], "{}"), Refusal::Server(500), 3),
        (always(503, &[], "{}"), Refusal::Server(503), 3),
        (always(0, &[], ""), Refusal::NoAnswer, 3),
        (always(200, &[], ""), Refusal::NotFound, 1),
        (
            always(200, &[], "{\"codeSnippets\":[],\"infoSnippets\":[]}"),
            Refusal::NotFound,
            1,
        ),
        (
            always(200, &[], "{\"codeSnippets\":3}"),
            Refusal::Odd("snippets were expected".to_owned()),
            1,
        ),
        (
            always(204, &[], ""),
            Refusal::Odd("status 204".to_owned()),
            1,
        ),
    ] {
        let (answer, _, asked) = ask(&fake, |api| {
            api.docs("/a/b", "secret question").unwrap_err()
        });
        assert_eq!((&answer, asked), (&expected, sent));
        let told = answer.to_string();
        for hidden in ["never-told", "secret", "/a/b"] {
            assert!(!told.contains(hidden), "{told}");
        }
    }
}

#[test]
fn a_library_is_found_by_its_name_and_not_by_its_place() {
    let check = |name: &str, body: &str, expected: Result<&str, Refusal>| {
        let fake = always(200, &[], body);
        let found = ask(&fake, |api| api.find(name, "q"))
            .0
            .map(|found| found.id);
        assert_eq!(found, expected.map(str::to_owned), "{name} {body}");
    };
    let list = r#"[{"id":"/x/preact-kit","title":"Preact kit"},{"id":"/facebook/react","title":"React","trustScore":10}]"#;
    check("react", list, Ok("/facebook/react"));
    check(
        "react",
        &format!("{{\"results\":{list}}}"),
        Ok("/facebook/react"),
    );
    check("tokio", list, Err(Refusal::NotFound));
    check(
        "next",
        r#"[{"id":"/vercel/next.js","title":"Next.js"}]"#,
        Ok("/vercel/next.js"),
    );
    check(
        "@tanstack/react-query",
        r#"[{"id":"/tanstack/query","title":"TanStack Query"}]"#,
        Ok("/tanstack/query"),
    );
    check(
        "react",
        r#"[{"id":"/facebook/react","title":"React","state":"initial"}]"#,
        Err(Refusal::NotReady),
    );
    check(
        "react",
        r#"[{"id":"../../etc","title":"React"},{"id":"/a/..","name":"react"},7]"#,
        Err(Refusal::NotFound),
    );
    check(
        "react",
        "{}",
        Err(Refusal::Odd("a list of libraries was expected".to_owned())),
    );
    check(
        "react",
        "<html>",
        Err(Refusal::Odd("a list of libraries was expected".to_owned())),
    );
}

#[test]
fn redirects_name_an_id_and_are_bounded() {
    for to in ["/new/name", "https://context7.com/new/name"] {
        let to = to.to_owned();
        let fake = Fake::new(move |asked: &Asked, _| match asked.get("libraryId") {
            "/new/name" => (200, Vec::new(), well(asked)),
            _ => (
                301,
                Vec::new(),
                serde_json::json!({"error": "moved", "redirectUrl": to}).to_string(),
            ),
        });
        let (docs, ..) = ask(&fake, |api| api.docs("/old/name", "q").unwrap());
        assert_eq!(docs.id, "/new/name");
        assert!(
            fake.asked()
                .iter()
                .all(|asked| asked.path == "/api/v2/context")
        );
    }
    let round = always(301, &[], r#"{"redirectUrl":"/a/b"}"#);
    let (answer, _, sent) = ask(&round, |api| api.docs("/a/b", "q").unwrap_err());
    assert!(
        matches!(answer, Refusal::Odd(_)) && sent == 3,
        "{answer:?} {sent}"
    );
}

#[test]
fn a_server_that_fails_once_is_asked_again_and_a_short_wait_is_waited_for() {
    for first in [
        (500, vec![]),
        (429, vec![("retry-after", "0".to_owned())]),
        (0, vec![]),
    ] {
        let fake = Fake::new(move |asked: &Asked, before| match before {
            0 => (first.0, first.1.clone(), String::new()),
            _ => (200, Vec::new(), well(asked)),
        });
        let (docs, quota, sent) = ask(&fake, |api| api.docs("/a/b", "q"));
        assert!(docs.is_ok() && sent == 2 && quota.blocked_until.is_none());
    }
}

#[test]
fn the_quota_is_heard_and_remembered() {
    let reset = now().as_second() + 600;
    let headers = [
        ("ratelimit-limit", "1000"),
        ("ratelimit-remaining", "0"),
        ("ratelimit-reset", &reset.to_string()),
    ];
    let fake = Fake::new({
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        move |asked: &Asked, _| (200, headers.clone(), well(asked))
    });
    let (answers, quota, sent) = ask(&fake, |api| [api.docs("/a/b", "q"), api.docs("/a/b", "q")]);
    assert!(answers[0].is_ok());
    assert_eq!(
        (answers[1].clone().unwrap_err(), sent),
        (Refusal::Limited(Some(600)), 1)
    );
    assert_eq!((quota.limit, quota.remaining), (Some(1000), Some(0)));
    let folder = tempfile::tempdir().unwrap();
    quota.write(folder.path()).unwrap();
    let text = std::fs::read_to_string(folder.path().join(".quota.json")).unwrap();
    assert!(!text.contains("never-told"), "{text}");
    assert!(Quota::read(folder.path(), now()).until(now()).is_some());
    let after = now() + jiff::SignedDuration::from_secs(601);
    assert_eq!(Quota::read(folder.path(), after).until(after), None);
    let (_, blocked, _) = ask(&always(402, &[], "{}"), |api| {
        api.docs("/a/b", "q").unwrap_err()
    });
    assert!(blocked.until(now()).is_some());
}

#[test]
fn it_stops_between_two_tries() {
    let bed = Bed::new(&[]).stopped(1, Stop::Cancelled);
    let access = Access::new(None, None).unwrap();
    let fake = always(500, &[], "");
    let api = Api::new(&fake, &bed, &access, Quota::default(), now());
    assert_eq!(
        api.docs("/a/b", "q"),
        Err(Refusal::Stopped(Stop::Cancelled))
    );
    assert_eq!(fake.asked().len(), 1);
    assert_eq!(fake.asked()[0].key, None);
}

#[test]
fn a_key_goes_only_over_tls_or_to_this_machine() {
    let check = |url: &str, expected: Option<&str>| {
        let access = Access::new(Some(url), Key::new("k"));
        assert_eq!(
            access.ok().map(|access| access.base).as_deref(),
            expected,
            "{url}"
        );
    };
    check("", Some("https://context7.com/api"));
    check(
        "https://context7.com/api/v2/",
        Some("https://context7.com/api"),
    );
    check("http://127.0.0.1:80/x", Some("http://127.0.0.1:80/x"));
    check("http://localhost", Some("http://localhost"));
    for url in [
        "http://example.org",
        "ftp://x",
        "example.org",
        "https://a@b/c",
        "http://127.0.0.1@evil.org",
        "http://localhost.evil.org",
        "https://x/?q",
    ] {
        check(url, None);
    }
    assert_eq!(
        format!("{:?}", Access::new(None, Key::new("ctx7sk-1")).unwrap()),
        "Access { base: \"https://context7.com/api\", key: Some(Key(…)) }"
    );
    assert!(Key::new(" ").is_none() && Key::new("a\r\nb: c").is_none());
}
