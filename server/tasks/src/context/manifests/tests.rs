//! What manifests say.

use super::{Said, cargo, go, maven, npm, of_files, python, ruby};
use std::path::Path;

fn check(said: Option<Said>, own: &str, uses: &str) {
    let said = said.expect("it can be read");
    let told = |(name, tool): &(String, bool)| format!("{name}{}", if *tool { "*" } else { "" });
    assert_eq!(said.own.join(" "), own);
    assert_eq!(
        said.uses.iter().map(told).collect::<Vec<_>>().join(" "),
        uses
    );
}

#[test]
fn each_kind_is_read() {
    let text = "[package]\nname = 'me'\n[dependencies]\nserde = '1'\nyaml = { package = 'serde_yaml', version = '1' }\n\
                near = { path = '../near' }\n[dev-dependencies]\nproptest.workspace = true\n\
                [target.'cfg(unix)'.dependencies]\nnix = '1'\n[workspace.dependencies]\ntokio = '1'\n";
    check(
        cargo::read(text),
        "me near",
        "serde serde_yaml proptest* tokio nix",
    );

    let text = r#"{"name":"@me/app","dependencies":{"react":"^18","@me/lib":"workspace:*","old":"npm:@a/new@1.0.0","fs":"*"},
        "devDependencies":{"@types/node":"20","@types/babel__core":"7","@types/lodash":"4","vitest":"1"}}"#;
    check(
        npm::read(text),
        "@me/app @me/lib",
        "@a/new react @babel/core* lodash* node* vitest*",
    );

    let text = "# all\n-r base.txt\nfastapi[all]>=0.100 ; python_version > '3.8'\nSQLAlchemy~=2.0 # orm\nasyncio\n\
                pkg @ https://example.org/x.whl\nhttps://example.org/y.zip\n./local\nruamel.yaml==0.18\n";
    check(
        python::requirements(text),
        "",
        "fastapi SQLAlchemy pkg ruamel.yaml",
    );

    let text = "[project]\nname = 'me'\ndependencies = ['httpx>=0.2', 'typing', 'pydantic!=2']\n\
                [project.optional-dependencies]\ndb = ['asyncpg']\n[dependency-groups]\ndev = ['pytest', {include-group = 'x'}]\n\
                [tool.poetry.dependencies]\npython = '^3'\ndjango = '^5'\nnear = {path = '../near'}\n\
                [tool.poetry.group.dev.dependencies]\nruff = '*'\n";
    check(
        python::project(text),
        "me near",
        "httpx pydantic asyncpg pytest* django ruff*",
    );

    let text = "module github.com/me/app\n\ngo 1.22\n\nrequire github.com/spf13/cobra v1.8.0\nrequire (\n\tgithub.com/gin-gonic/gin v1.9.1\n\
                \tgithub.com/jackc/pgx/v5 v5.5.0\n\tgopkg.in/yaml.v3 v3.0.1\n\tgolang.org/x/text v0.14.0 // indirect\n)\n";
    check(go::read(text), "", "cobra gin pgx yaml");

    let text = "<project xmlns='http://maven.apache.org/POM/4.0.0'><groupId>me</groupId><artifactId>app</artifactId><dependencies>\
                <dependency><groupId>org.springframework</groupId><artifactId>spring-core</artifactId></dependency>\
                <dependency><groupId>me</groupId><artifactId>lib</artifactId></dependency>\
                <dependency><groupId>junit</groupId><artifactId>junit</artifactId><scope>test</scope></dependency>\
                </dependencies></project>";
    check(maven::read(text), "app lib", "spring-core junit*");

    let text = "source 'https://rubygems.org'\ngem 'rails', '~> 7'\ngem(\"pg\")\ngem 'near', path: '../near'\n\
                group :development, :test do\n  gem 'rspec-rails'\nend\ngem 'puma', group: :development\ngem 'redis'\n";
    check(
        ruby::read(text),
        "near",
        "rails pg rspec-rails* puma* redis",
    );
}

#[test]
fn what_is_damaged_is_told_and_nothing_panics() {
    for text in [
        "",
        "{",
        "<project>",
        "[a",
        "\u{0}",
        "module",
        "require (",
        "gem",
        "gem \"",
        "name = ",
    ] {
        for read in [
            cargo::read,
            npm::read,
            python::requirements,
            python::project,
            go::read,
            maven::read,
            ruby::read,
        ] {
            let _ = read(text);
        }
    }
    assert!(
        npm::read("{").is_none()
            && cargo::read("[a").is_none()
            && maven::read("<project>").is_none()
    );
}

#[test]
fn the_most_important_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        (
            "package.json",
            r#"{"devDependencies":{"eslint":"1"},"dependencies":{"zod":"1","react":"1"}}"#,
        ),
        (
            "web/package.json",
            "{\n  \"name\": \"web\",\n  \"dependencies\": {\n    \"React\": \"1\",\n    \"vue\": \"1\"\n  }\n}",
        ),
        ("api/requirements.txt", "fastapi\n"),
        ("api/broken/package.json", "{"),
        (
            "node_modules/x/package.json",
            r#"{"dependencies":{"deep":"1"}}"#,
        ),
        (
            "a/Cargo.toml",
            "[package]\nname='one'\n[dependencies]\ntwo='1'\nserde_json='1'",
        ),
        (
            "b/Cargo.toml",
            "[package]\nname='two'\n[dependencies]\nserde-json='1'",
        ),
    ];
    for (name, text) in files {
        crate::sheet::write(folder.path(), name, text).unwrap();
    }
    let all = || {
        files
            .iter()
            .map(|(name, _)| Path::new(name).to_owned())
            .collect()
    };
    let (used, unread) = of_files(folder.path(), all());
    let names: Vec<&str> = used.iter().map(|used| used.name.as_str()).collect();
    assert_eq!(
        names,
        ["react", "serde_json", "zod", "fastapi", "vue", "eslint"]
    );
    assert_eq!(unread, ["api/broken/package.json"]);
    let vue = used.iter().find(|used| used.name == "vue").unwrap();
    assert_eq!(
        (vue.manifest.as_str(), vue.line, vue.manifests),
        ("web/package.json", Some(5), 1)
    );
    assert_eq!(super::used_near(folder.path()), used);
}
