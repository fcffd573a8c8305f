//! TOML as these parsers read it: tables, texts and lists, with the place of each table.

use super::lines::Lines;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A document.
pub(super) struct Document<'a> {
    root: Spanned<DeTable<'a>>,
    lines: Lines,
}

/// A table of it.
#[derive(Clone, Copy)]
pub(super) struct Table<'t, 'a> {
    table: &'t DeTable<'a>,
    /// Its line.
    pub(super) line: u32,
}

impl<'a> Document<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        let root = DeTable::parse(text).map_err(|error| error.message().to_owned())?;
        let lines = Lines::of(text);
        Ok(Self { root, lines })
    }

    pub(super) fn root(&self) -> Table<'_, 'a> {
        let table = self.root.get_ref();
        Table { table, line: 1 }
    }

    fn table<'t>(&self, value: &'t Spanned<DeValue<'a>>) -> Option<Table<'t, 'a>> {
        let table = value.get_ref().as_table()?;
        let line = self.lines.line(value.span().start);
        Some(Table { table, line })
    }

    /// The tables of a list.
    pub(super) fn tables<'t>(&self, of: Table<'t, 'a>, name: &str) -> Vec<Table<'t, 'a>> {
        let list = of
            .table
            .get(name)
            .and_then(|value| value.get_ref().as_array());
        let values = list.into_iter().flat_map(|list| list.iter());
        values.filter_map(|value| self.table(value)).collect()
    }

    /// A table of this name.
    pub(super) fn child<'t>(&self, of: Table<'t, 'a>, name: &str) -> Option<Table<'t, 'a>> {
        self.table(of.table.get(name)?)
    }

    /// The names in a table with their lines, and the tables behind them where they are such.
    pub(super) fn entries<'t>(&self, of: Table<'t, 'a>) -> Vec<(&'t str, u32)> {
        let entries = of.table.iter();
        entries
            .map(|(name, _)| (name.get_ref().as_ref(), self.lines.line(name.span().start)))
            .collect()
    }

    /// The line of a text in a table, else the table's.
    pub(super) fn line_of(&self, of: Table<'_, 'a>, name: &str) -> u32 {
        let value = of.table.get(name);
        value.map_or(of.line, |value| self.lines.line(value.span().start))
    }
}

impl<'t> Table<'t, '_> {
    /// A text.
    pub(super) fn text(self, name: &str) -> Option<&'t str> {
        self.table.get(name)?.get_ref().as_str()
    }

    /// The texts of a list.
    pub(super) fn texts(self, name: &str) -> Vec<&'t str> {
        let list = self
            .table
            .get(name)
            .and_then(|value| value.get_ref().as_array());
        let values = list.into_iter().flat_map(|list| list.iter());
        values
            .filter_map(|value| value.get_ref().as_str())
            .collect()
    }

    /// Whether there is something of this name.
    pub(super) fn has(self, name: &str) -> bool {
        self.table.contains_key(name)
    }
}
