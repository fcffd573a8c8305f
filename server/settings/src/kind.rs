//! Types of settings: what may be written, what it becomes, and what is said when it is wrong.
//!
//! A value comes either from YAML or as text (variable, flag, `config set`); text becomes YAML first,
//! so that there is one place that judges.

use super::check;
use super::duration;
use super::size;
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

/// Type and range of a setting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
    /// A number.
    Factor {
        /// At least.
        min: f64,
        /// At most.
        max: f64,
    },
    /// A length of time: seconds, or `90s`, `5m`, `1h30m`.
    Time {
        /// The least, in seconds.
        bound: Bound,
        /// Whether `never` is possible.
        never: bool,
    },
    /// A name.
    Text,
    /// Name of a file, without folder.
    FileName,
    /// One of some words.
    OneOf(&'static [&'static str]),
    /// Version of a file format.
    Version,
    /// Names of environment variables.
    Names,
    /// Names of back ends and agents, in order.
    Backends,
    /// Arguments of a command, with placeholders.
    Argv,
    /// Texts of one line each: shell commands, patterns.
    Lines,
    /// Paths inside the repository.
    Paths,
    /// Bytes on disk.
    Size,
    /// A number of ports, or their names.
    Ports,
}

/// A lower bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// This or more.
    From(f64),
    /// More than this.
    Above(f64),
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable name.
    pub code: &'static str,
    /// Read on after the name of the key: `must be >= 1`.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
    /// The element of a list that has it.
    pub item: Option<usize>,
}

impl Problem {
    /// One without a hint, of the whole value.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            item: None,
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn at(mut self, item: usize) -> Self {
        self.item = Some(item);
        self
    }
}

/// A value that settings hold, or all that is wrong with it.
pub type Reading = Result<Json, Vec<Problem>>;

impl Kind {
    /// The name of the type for people.
    pub fn describe(self) -> String {
        match self {
            Self::Bool => "true or false".to_owned(),
            Self::Integer { min, max } => format!("whole number, {min} to {max}"),
            Self::Factor { min, max } => format!("number, {min:?} to {max:?}"),
            Self::Time { never: true, .. } => "time (seconds, 90s, 5m, 1h30m) or never".to_owned(),
            Self::Time { .. } => "time (seconds, 90s, 5m, 1h30m)".to_owned(),
            Self::Text => "name".to_owned(),
            Self::FileName => "name of a file".to_owned(),
            Self::OneOf(words) => words.join(", "),
            Self::Version => "version".to_owned(),
            Self::Names => "list of variable names".to_owned(),
            Self::Backends => "list of names".to_owned(),
            Self::Argv => "list of arguments".to_owned(),
            Self::Lines => "list of texts".to_owned(),
            Self::Paths => "list of paths".to_owned(),
            Self::Size => "size (bytes, 500M, 20G)".to_owned(),
            Self::Ports => "number or list of names".to_owned(),
        }
    }

    /// Judges a value. Times become seconds.
    pub fn read(self, value: &Yaml) -> Reading {
        match self {
            Self::Bool => read_bool(value),
            Self::Integer { min, max } => read_integer(value, min, max),
            Self::Factor { min, max } => read_factor(value, min, max),
            Self::Time { bound, never } => read_time(value, bound, never),
            Self::Text => check::text(value),
            Self::FileName => check::file_name(value),
            Self::OneOf(words) => read_word(value, words),
            Self::Version => check::version(value),
            Self::Names => check::list(value, check::variable_name),
            Self::Backends => check::list(value, check::backend_name),
            Self::Argv => check::argv(value),
            Self::Lines => check::list(value, size::line),
            Self::Paths => check::list(value, size::path),
            Self::Size => size::read(value),
            Self::Ports => size::ports(value),
        }
    }

    /// A text as the value that would be written into a file for it. Lists are `[a, b]` or `a,b`;
    /// arguments only the former, because a comma may be part of one.
    pub fn parse_text(self, text: &str) -> Result<Yaml, Vec<Problem>> {
        let text = text.trim();
        let listed = !matches!(
            self,
            Self::Bool | Self::Text | Self::FileName | Self::Version
        );
        if listed && text.starts_with('[') {
            return serde_yaml::from_str(text).map_err(|error| {
                vec![
                    Problem::new("syntax", format!("is not a list: {error}"))
                        .hint("write it as [a, b]"),
                ]
            });
        }
        Ok(match self {
            Self::Bool => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Yaml::Bool(true),
                "false" | "0" | "no" | "off" => Yaml::Bool(false),
                _ => Yaml::String(text.to_owned()),
            },
            Self::Integer { .. } | Self::Factor { .. } | Self::Time { .. } | Self::Size => {
                number_or_text(text)
            }
            Self::Ports if text.parse::<u32>().is_ok() => number_or_text(text),
            // A comma may be part of one.
            Self::Lines => Yaml::Sequence(vec![Yaml::String(text.to_owned())]),
            Self::Names | Self::Backends | Self::Paths | Self::Ports => Yaml::Sequence(
                text.split(|c: char| c == ',' || c.is_whitespace())
                    .filter(|name| !name.is_empty())
                    .map(|name| Yaml::String(name.to_owned()))
                    .collect(),
            ),
            _ => unquoted(text),
        })
    }

    /// A value for people.
    pub fn show(self, value: &Json) -> String {
        match (self, value) {
            (_, Json::Null) => "not set".to_owned(),
            (Self::Time { .. }, Json::Number(seconds)) => {
                seconds.as_f64().map(duration::show).unwrap_or_default()
            }
            (Self::Size, Json::Number(bytes)) => bytes.as_u64().map(size::show).unwrap_or_default(),
            (Self::Names | Self::Backends | Self::Paths | Self::Ports, Json::Array(items)) => items
                .iter()
                .filter_map(Json::as_str)
                .collect::<Vec<_>>()
                .join(", "),
            (_, Json::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        }
    }
}

/// A shell may leave quotes that were meant for YAML.
fn unquoted(text: &str) -> Yaml {
    match serde_yaml::from_str::<Yaml>(text) {
        Ok(Yaml::String(inner)) if text.starts_with(['"', '\'']) => Yaml::String(inner),
        _ => Yaml::String(text.to_owned()),
    }
}

fn number_or_text(text: &str) -> Yaml {
    match serde_yaml::from_str::<Yaml>(text) {
        Ok(Yaml::Number(number)) => Yaml::Number(number),
        _ => Yaml::String(text.to_owned()),
    }
}

fn read_bool(value: &Yaml) -> Reading {
    if let Some(flag) = value.as_bool() {
        return Ok(Json::Bool(flag));
    }
    let problem = Problem::new(
        "type",
        format!("must be true or false (got: {})", got(value)),
    );
    Err(vec![
        match value.as_str().map(str::to_ascii_lowercase).as_deref() {
            Some("yes" | "on" | "true") => problem.hint("write true, without quotes"),
            Some("no" | "off" | "false") => problem.hint("write false, without quotes"),
            _ => problem,
        },
    ])
}

fn read_word(value: &Yaml, words: &[&str]) -> Reading {
    let text = value.as_str().map(str::trim);
    if let Some(word) = text.filter(|text| words.contains(text)) {
        return Ok(Json::from(word));
    }
    let message = format!("must be one of {} (got: {})", words.join(", "), got(value));
    let problem = Problem::new("type", message);
    let near = text.and_then(|text| super::table::nearest(text, words.iter().copied()));
    Err(vec![match near {
        Some(word) => problem.hint(format!("did you mean `{word}`?")),
        None => problem,
    }])
}

fn read_integer(value: &Yaml, min: u32, max: u32) -> Reading {
    // Python writes 3 and 3.0 alike; a fraction is refused.
    let number = value.as_i64().or_else(|| {
        value
            .as_f64()
            .filter(|x| x.fract() == 0.0)
            .map(|x| x as i64)
    });
    match number {
        None => Err(vec![Problem::new(
            "type",
            format!("must be a whole number (got: {})", got(value)),
        )]),
        Some(number) if number < i64::from(min) => {
            Err(vec![Problem::new("range", format!("must be >= {min}"))])
        }
        Some(number) if number > i64::from(max) => {
            Err(vec![Problem::new("range", format!("must be <= {max}"))])
        }
        Some(number) => Ok(Json::from(number)),
    }
}

fn read_factor(value: &Yaml, min: f64, max: f64) -> Reading {
    match value.as_f64().filter(|number| !number.is_nan()) {
        None => Err(vec![Problem::new(
            "type",
            format!("must be a number (got: {})", got(value)),
        )]),
        // Debug format: `1.0`, as TappsCodingAgents words it.
        Some(number) if number < min => {
            Err(vec![Problem::new("range", format!("must be >= {min:?}"))])
        }
        Some(number) if number > max => {
            Err(vec![Problem::new("range", format!("must be <= {max:?}"))])
        }
        Some(number) => Ok(Json::from(number)),
    }
}

fn read_time(value: &Yaml, bound: Bound, never: bool) -> Reading {
    let text = value.as_str().map(str::trim);
    if never && matches!(text, Some("never" | "none" | "off")) {
        return Ok(Json::from("never"));
    }
    let seconds = match text {
        Some(text) => duration::parse(text),
        None => value.as_f64().filter(|number| !number.is_nan()),
    };
    let Some(seconds) = seconds else {
        return Err(vec![
            Problem::new(
                "type",
                format!("must be a length of time (got: {})", got(value)),
            )
            .hint("write seconds, or 90s, 5m, 1h30m"),
        ]);
    };
    match bound {
        Bound::From(min) if seconds < min => {
            Err(vec![Problem::new("range", format!("must be >= {min}"))])
        }
        Bound::Above(min) if seconds <= min => {
            Err(vec![Problem::new("range", format!("must be > {min}"))])
        }
        _ if seconds > duration::LONGEST => Err(vec![Problem::new("range", "must be <= 3650d")]),
        _ => Ok(seconds_value(seconds)),
    }
}

/// Whole seconds as a whole number: `5`, not `5.0`.
fn seconds_value(seconds: f64) -> Json {
    if seconds.fract() == 0.0 {
        Json::from(seconds as u64)
    } else {
        Json::from(seconds)
    }
}

/// A value in a message, short.
pub(crate) fn got(value: &Yaml) -> String {
    match value {
        Yaml::Null => "nothing".to_owned(),
        Yaml::Bool(flag) => flag.to_string(),
        Yaml::Number(number) => number.to_string(),
        Yaml::String(text) => {
            let short: String = text.chars().take(40).collect();
            format!("\"{short}\"")
        }
        Yaml::Sequence(_) => "a list".to_owned(),
        Yaml::Mapping(_) => "a mapping".to_owned(),
        Yaml::Tagged(_) => "a tagged value".to_owned(),
    }
}
