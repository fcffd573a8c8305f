//! JSON whose keys are told with their place: the key of an entry in a text is a part of that text.

use super::lines::Lines;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// The key of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key<'a>(Cow<'a, str>);

impl Key<'_> {
    /// The key itself.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Its line in the text that it was read from; 1 where it stands there with escapes.
    pub(crate) fn line(&self, text: &str, lines: &Lines) -> u32 {
        let Cow::Borrowed(part) = &self.0 else {
            return 1;
        };
        let at = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
        lines.line(at.unwrap_or_default())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Cow<'de, str>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        deserializer.deserialize_str(Read).map(Key)
    }
}

/// The entries of an object in their order; of anything else none.
#[derive(Debug, Clone)]
pub(crate) struct Entries<'a, V>(pub(crate) Vec<(Key<'a>, V)>);

impl<V> Default for Entries<'_, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'a, 'a, V: Deserialize<'de>> Deserialize<'de> for Entries<'a, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<'a, V>(PhantomData<(&'a (), V)>);
        impl<'de: 'a, 'a, V: Deserialize<'de>> Visitor<'de> for Read<'a, V> {
            type Value = Entries<'a, V>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key()? {
                    entries.push((key, map.next_value()?));
                }
                Ok(Entries(entries))
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Entries::default())
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Entries::default())
            }
            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(Entries::default())
            }
            fn visit_seq<S: serde::de::SeqAccess<'de>>(
                self,
                mut seq: S,
            ) -> Result<Self::Value, S::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Entries::default())
            }
        }
        deserializer.deserialize_any(Read(PhantomData))
    }
}

/// A text, and nothing for what is none. Old packages write objects where a text is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(licence(&Value::deserialize(deserializer)?)))
    }
}

/// `"MIT"`, `{"type": "MIT"}`, or a list of these, of which one may be chosen.
fn licence(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) => fields.get("type")?.as_str().map(str::to_owned),
        Value::Array(all) => {
            let all: Vec<String> = all.iter().take(10).filter_map(licence_of_one).collect();
            (!all.is_empty()).then(|| all.join(" OR "))
        }
        _ => None,
    }
}

fn licence_of_one(value: &Value) -> Option<String> {
    (!value.is_array()).then(|| licence(value)).flatten()
}

/// A flag: whatever is no `true` is not set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self(value == Value::Bool(true)))
    }
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Manifest<'a> {
    #[serde(borrow)]
    dependencies: Entries<'a, IgnoredAny>,
    #[serde(borrow)]
    dev_dependencies: Entries<'a, IgnoredAny>,
    #[serde(borrow)]
    optional_dependencies: Entries<'a, IgnoredAny>,
    #[serde(borrow)]
    peer_dependencies: Entries<'a, IgnoredAny>,
}

/// What a `package.json` asks for, with lines.
pub(super) fn dependencies(text: &str) -> Vec<(String, u32)> {
    let Ok(manifest) = serde_json::from_str::<Manifest<'_>>(text) else {
        return Vec::new();
    };
    let lines = Lines::of(text);
    let all = [
        manifest.dependencies,
        manifest.dev_dependencies,
        manifest.optional_dependencies,
        manifest.peer_dependencies,
    ];
    all.into_iter()
        .flat_map(|entries| entries.0)
        .map(|(key, _)| (key.text().to_owned(), key.line(text, &lines)))
        .collect()
}
