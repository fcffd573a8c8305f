//! The steps of the task, one after the other, and what is known between them.

use super::api::{self, INDEX, Put, Shelf};
use super::cache::{self, Key};
use super::language;
use super::llms;
use super::pages::{self, Asked, Claim, Link, Manifests, Page, Tree, Wrong};
use super::place::{Note, Place, Rule};
use super::read::{self, Read};
use super::record::{Code, Record};
use super::{Means, Options, Report};
use crate::ground::{Ground, Halt, Stop, go_on};
use crate::input::is_own_output;
use crate::sheet::Sheet;
use artifact::{Artifact, Finding};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::PathBuf;

/// Files between two looks at whether it has to stop.
const PORTION: usize = 256;

/// A task at work.
pub(super) struct Work<'a> {
    ground: &'a dyn Ground,
    means: Means<'a>,
    options: &'a Options,
    /// All files that were read.
    known: BTreeMap<String, (Key, Record)>,
    /// Findings that are only worth knowing.
    later: Vec<Finding>,
    report: Report,
}

impl<'a> Work<'a> {
    pub(super) fn new(ground: &'a dyn Ground, means: Means<'a>, options: &'a Options) -> Self {
        Self {
            ground,
            means,
            options,
            known: BTreeMap::new(),
            later: Vec::new(),
            report: Report::default(),
        }
    }

    /// Ends it.
    pub(super) fn finish(
        mut self,
        mut sheet: Sheet,
        outcome: &Result<(), Halt>,
    ) -> io::Result<Artifact> {
        // What is only worth knowing comes last: where an artifact is full, it is what is left out.
        let later = std::mem::take(&mut self.later);
        later.into_iter().for_each(|finding| sheet.found(finding));
        self.count();
        sheet.report(&self.report)?;
        let summary = self.report.summary(self.options);
        sheet.end(outcome, &summary)
    }

    /// Does all of it.
    pub(super) fn all(&mut self, sheet: &mut Sheet) -> Result<(), Halt> {
        let mut files = self.ground.files()?;
        // What is made here is no input.
        files.retain(|path| !is_own_output(&path.to_string_lossy()));
        self.read(&files, sheet)?;
        let names: Vec<String> = files
            .iter()
            .map(|path| path.to_string_lossy().into_owned())
            .collect();
        let tree = Tree::of(self.ground.root(), &files);
        let manifests = Manifests::read(self.ground.root(), &names);
        go_on(self.ground)?;
        self.judge_pages(&tree, &manifests, sheet)?;
        sheet
            .save()
            .map_err(|error| Halt::Failed(error.to_string()))?;
        if !self.options.check {
            self.write(&manifests, sheet)?;
        }
        if self.options.links {
            self.ask_outside(sheet)
        } else {
            Ok(())
        }
    }

    /// Reads all files, and keeps what came of it for the next time.
    fn read(&mut self, files: &[PathBuf], sheet: &mut Sheet) -> Result<(), Halt> {
        let mut old = cache::load(self.means.cache);
        let mut fresh = false;
        let wanted: Vec<String> = wanted(files).collect();
        let outcome = self.read_portions(&wanted, &mut old, &mut fresh, sheet);
        let stopped = outcome.is_err();
        if fresh || !old.is_empty() {
            // After a stop the rest is what it was.
            let rest = old
                .iter()
                .filter(|_| stopped)
                .map(|(key, record)| (*key, record));
            cache::store(
                self.means.cache,
                self.known
                    .values()
                    .map(|(key, record)| (*key, record))
                    .chain(rest),
            );
        }
        outcome
    }

    fn read_portions(
        &mut self,
        files: &[String],
        old: &mut HashMap<Key, Record>,
        fresh: &mut bool,
        sheet: &mut Sheet,
    ) -> Result<(), Halt> {
        // An artifact is written whole, so each time is twice as late as the one before.
        let mut next_save = 1;
        for (count, portion) in files.chunks(PORTION).enumerate() {
            go_on(self.ground)?;
            for (path, read) in portion
                .iter()
                .zip(read::portion(self.ground.root(), portion, old))
            {
                let (key, record) = match read {
                    Read::New(key, record) => {
                        *fresh = true;
                        (key, record)
                    }
                    Read::Known(key) => match old.remove(&key) {
                        Some(record) => (key, record),
                        None => continue,
                    },
                    Read::Not => {
                        self.report.files_skipped += 1;
                        continue;
                    }
                };
                if is_within(self.options, path) {
                    tell(path, record.notes(), sheet, &mut self.later);
                }
                self.known.insert(path.clone(), (key, record));
            }
            if count + 1 == next_save {
                next_save *= 2;
                sheet
                    .save()
                    .map_err(|error| Halt::Failed(error.to_string()))?;
            }
        }
        Ok(())
    }

    fn pages(&self) -> BTreeMap<&str, &Page> {
        let pages = self
            .known
            .iter()
            .filter_map(|(path, (_, record))| match record {
                Record::Page(page) => Some((path.as_str(), page)),
                _ => None,
            });
        pages.collect()
    }

    fn codes(&self) -> impl Iterator<Item = (&str, &Code)> {
        self.known
            .iter()
            .filter_map(|(path, (_, record))| match record {
                Record::Code(code) => Some((path.as_str(), code)),
                _ => None,
            })
    }

    /// Links and commands: they depend on other files, so they are judged anew each time.
    fn judge_pages(
        &mut self,
        tree: &Tree<'_>,
        manifests: &Manifests,
        sheet: &mut Sheet,
    ) -> Result<(), Halt> {
        let mut later = std::mem::take(&mut self.later);
        let pages = self.pages();
        let mut outside = 0;
        for (path, page) in pages
            .iter()
            .filter(|(path, _)| is_within(self.options, path))
        {
            go_on(self.ground)?;
            let mut notes = Vec::new();
            outside += pages::judge_links(path, page, &pages, tree, &mut notes).len();
            notes.extend(
                page.claims
                    .iter()
                    .filter_map(|claim: &Claim| claim.judge(path, tree, manifests)),
            );
            tell(path, &notes, sheet, &mut later);
        }
        self.later = later;
        self.report.links_outside = outside;
        Ok(())
    }

    /// The reference and `llms.txt`.
    fn write(&mut self, manifests: &Manifests, sheet: &mut Sheet) -> Result<(), Halt> {
        let failed =
            |error: io::Error| Halt::Failed(format!("the reference cannot be written: {error}"));
        let mut shelf = Shelf::of(self.ground.root());
        let mut foreign = Vec::new();
        let mut put = |path: &str, text: &str| -> Result<(), Halt> {
            if shelf.put(path, text).map_err(failed)? == Put::Foreign {
                foreign.push(path.to_owned());
            }
            Ok(())
        };
        let codes: Vec<(&str, &Code)> = self
            .codes()
            .filter(|(_, code)| !code.page.is_empty())
            .collect();
        for (index, (path, code)) in codes.iter().enumerate() {
            if index % 64 == 0 {
                go_on(self.ground)?;
            }
            put(&api::path(path), &code.page)?;
        }
        let pages: Vec<(&str, &Page)> = self.pages().into_iter().collect();
        if !codes.is_empty() {
            put(INDEX, &api::index(codes.iter().copied()))?;
        }
        if !codes.is_empty() || !pages.is_empty() {
            put(llms::PATH, &llms::index(manifests.name(), &pages, &codes))?;
        }
        let count = codes.len();
        shelf.clear().map_err(failed)?;
        self.report.api_pages = Some(count);
        let told = |path: &String| is_within(self.options, path);
        for path in foreign.into_iter().filter(told) {
            let place = Place {
                line: 1,
                column: 1,
                end_column: 1,
            };
            let message = format!("`{path}` was not made by this task: it is left as it is");
            tell(
                &path,
                &[Note {
                    rule: Rule::ForeignPage,
                    message,
                    place,
                }],
                sheet,
                &mut self.later,
            );
        }
        Ok(())
    }

    fn ask_outside(&mut self, sheet: &mut Sheet) -> Result<(), Halt> {
        let pages = self.pages();
        let all = pages
            .iter()
            .filter(|(path, _)| is_within(self.options, path));
        let links: Vec<(&str, &Link)> = all
            .flat_map(|(path, page)| page.links.iter().map(move |link| (*path, link)))
            .collect();
        let addresses: Vec<&str> = links
            .iter()
            .map(|(_, link)| link.address.as_str())
            .collect();
        let (asked, stop): (Asked, Option<Stop>) =
            pages::ask_outside(self.ground, self.means.web, &addresses);
        let mut later = Vec::new();
        let silent = asked.no_network();
        for (path, link) in links.into_iter().filter(|_| silent.is_none()) {
            let address = link.address.split('#').next().unwrap_or_default();
            let wrong = asked
                .wrong
                .get(address)
                .or_else(|| asked.wrong.get(&format!("https:{address}")));
            let (rule, message) = match wrong {
                Some(Wrong::Dead(status)) => {
                    (Rule::DeadLink, format!("`{address}` answers {status}"))
                }
                Some(Wrong::Unreachable(why)) => (
                    Rule::UnreachableLink,
                    format!("no answer from `{address}`: {why}"),
                ),
                None => continue,
            };
            tell(
                path,
                &[Note {
                    rule,
                    message,
                    place: link.place,
                }],
                sheet,
                &mut later,
            );
        }
        self.later.extend(later);
        self.report.links_asked = Some(asked.asked);
        self.report.links_left_out = Some(asked.left_out);
        match stop {
            Some(stop) => Err(stop.into()),
            None if asked.refused => Err(Halt::Failed(
                "links lead outside, and the network may not be used".to_owned(),
            )),
            None => match silent {
                Some(why) => Err(Halt::Failed(format!(
                    "no server that links lead to could be reached: {why}"
                ))),
                None => Ok(()),
            },
        }
    }

    /// Everything that is counted, of what is reported on.
    fn count(&mut self) {
        let mut report = std::mem::take(&mut self.report);
        for (path, (_, record)) in self
            .known
            .iter()
            .filter(|(path, _)| is_within(self.options, path))
        {
            match record {
                Record::Code(code) => report.code(path, code),
                Record::Page(page) => report.page(page),
                Record::PassedOver => report.files_skipped += 1,
            }
        }
        report.within.clone_from(&self.options.within);
        self.report = report.finished();
    }
}

/// Warnings go in at once, what is only worth knowing waits.
fn tell(path: &str, notes: &[Note], sheet: &mut Sheet, later: &mut Vec<Finding>) {
    for note in notes {
        let finding = note.finding(path);
        match finding.severity {
            artifact::Severity::Info => later.push(finding),
            _ => sheet.found(finding),
        }
    }
}

fn is_within(options: &Options, path: &str) -> bool {
    let Some(within) = &options.within else {
        return true;
    };
    path.strip_prefix(within.as_str())
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The files that are read at all, by their names.
fn wanted(files: &[PathBuf]) -> impl Iterator<Item = String> {
    let names = files.iter().map(|path| path.to_string_lossy().into_owned());
    names.filter(|name| Record::wants(name) && !language::is_aside(name))
}
