//! Parameters as JSON: [`model::workflow::Value`] in and out, with the order of the file.

use model::workflow::Value;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;

/// A list of named values as a JSON object.
pub(super) struct Params<'a>(pub(super) &'a [(String, Value)]);

impl Serialize for Params<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &Out(value))?;
        }
        map.end()
    }
}

struct Out<'a>(&'a Value);

impl Serialize for Out<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(text) => number(text, serializer),
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(items) => serializer.collect_seq(items.iter().map(Out)),
            Value::Map(entries) => Params(entries).serialize(serializer),
        }
    }
}

/// What JSON has no number for (`.inf`, `0x1F`) stays text in its own spelling.
fn number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(value) = text.parse::<i64>() {
        return serializer.serialize_i64(value);
    }
    if let Ok(value) = text.parse::<u64>() {
        return serializer.serialize_u64(value);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => serializer.serialize_f64(value),
        _ => serializer.serialize_str(text),
    }
}

/// A value read from JSON.
pub(super) struct In(pub(super) Value);

impl<'de> Deserialize<'de> for In {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = In;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<In, E> {
        Ok(In(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<In, E> {
        Ok(In(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<In, E> {
        Ok(In(Value::Number(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<In, E> {
        Ok(In(Value::Number(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<In, E> {
        Ok(In(Value::Number(value.to_string())))
    }

    fn visit_str<E>(self, value: &str) -> Result<In, E> {
        Ok(In(Value::Text(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<In, A::Error> {
        let mut items = Vec::new();
        while let Some(In(value)) = seq.next_element()? {
            items.push(value);
        }
        Ok(In(Value::List(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<In, A::Error> {
        let mut entries = Vec::new();
        while let Some((name, In(value))) = map.next_entry::<String, In>()? {
            entries.push((name, value));
        }
        Ok(In(Value::Map(entries)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: &str) {
        let In(value) = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&Out(&value)).unwrap(), expected);
    }

    #[test]
    fn order_and_kinds_survive() {
        check(
            r#"{"z":1,"a":[null,true,-2,1.5,"x"],"m":{"b":{},"a":""}}"#,
            r#"{"z":1,"a":[null,true,-2,1.5,"x"],"m":{"b":{},"a":""}}"#,
        );
        check("18446744073709551615", "18446744073709551615");
    }

    #[test]
    fn what_is_no_json_number_is_text() {
        for (text, expected) in [
            ("0x1F", "\"0x1F\""),
            (".inf", "\".inf\""),
            ("inf", "\"inf\""),
            ("007", "7"),
            ("1e3", "1000.0"),
        ] {
            let value = Value::Number(text.to_owned());
            assert_eq!(
                serde_json::to_string(&Out(&value)).unwrap(),
                expected,
                "{text}"
            );
        }
    }
}
