//! How Dockerfiles are read: lines, stages, words, and texts that no builder would take.

use super::super::super::check::Place;
use super::parse;
use proptest::prelude::*;

#[test]
fn lines_are_continued_and_comments_between_them_left_out() {
    let file = parse(
        "# escape=`\nRUN a `\n# why\n\n   b `\n  && c\nrun d\n",
        false,
    );
    let names: Vec<_> = file
        .instructions
        .iter()
        .map(|one| (one.name.as_str(), one.place.line))
        .collect();
    assert_eq!(names, [("RUN", 2), ("RUN", 7)]);
    let text = &file.instructions[0].text;
    assert_eq!(text.text, " a    b   && c");
    let at = text.text.find('c').expect("c");
    assert_eq!(text.place(at, at + 1), Place::new(6, 6, Some(7)));
}

#[test]
fn here_documents_belong_to_their_instruction() {
    let file = parse(
        "RUN <<EOF cat <<-'B'\nUSER root\nEOF\n\tx\n\tB\nUSER app\nENV A=1<<2\nCMD x\n",
        false,
    );
    let names: Vec<_> = file
        .instructions
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["RUN", "USER", "ENV", "CMD"]);
    assert_eq!(
        file.instructions[0].text.text,
        " <<EOF cat <<-'B'\nUSER root\n\tx"
    );
}

#[test]
fn words_know_their_places() {
    let file = parse(
        "ENV A=\"x y\" B=z\\ w\nCMD [ \"a\", \"b c\" ]\nCOPY --from=x --chown=\"y\" . /d\n",
        false,
    );
    let words = |n: usize| -> Vec<_> {
        let words = &file.instructions[n].words;
        words
            .iter()
            .map(|word| (word.text.as_str(), word.place.column, word.place.end))
            .collect()
    };
    assert_eq!(words(0), [("A=x y", 5, Some(12)), ("B=z w", 13, Some(19))]);
    assert_eq!(words(1), [("a", 7, Some(10)), ("b c", 12, Some(17))]);
    assert_eq!(words(2).len(), 2);
    assert_eq!(file.instructions[2].flag("chown"), Some("y"));
    assert_eq!(file.instructions[2].flag("chmod"), None);
}

#[test]
fn stages_know_their_base() {
    let file = parse(
        "ARG V=13\nARG I=debian:${V}\nFROM $I AS Build\nFROM --platform=x ${X:-alpine} as b\nFROM build\nFROM $Y\n",
        false,
    );
    let bases: Vec<_> = file
        .stages
        .iter()
        .map(|stage| (stage.base.as_str(), stage.of_stage))
        .collect();
    assert_eq!(
        bases,
        [
            ("debian:${V}", None),
            ("alpine", None),
            ("build", Some(0)),
            ("$Y", None)
        ]
    );
}

proptest! {
    #[test]
    fn nothing_panics(text in "(FROM |RUN |ENV |COPY |<<E|E|\\\\\n|\n|#|\\[|\"|'|é| |\\$\\{|=|:|--){0,40}") {
        let file = parse(&text, false);
        for rule in super::RULES {
            if let super::super::super::check::Check::Dockerfile(check) = rule.check {
                check(&file, &mut super::super::super::check::Hits::default());
            }
        }
    }
}
