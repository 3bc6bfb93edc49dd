//! Power that goes: what is promised to be there is on the disk before the next step relies on it. Read off the calls that
//! a process really makes, in their order.

use std::collections::{BTreeMap, HashMap};

use crate::killing::{Order, Size, Stage};
use crate::support::World;

const JOURNAL: &str = "/journal/transfers.sqlite-wal>";

/// A call, and between which lines of the trace it was under way.
#[derive(Clone, Debug)]
struct Call {
    name: String,
    arguments: String,
    begun: usize,
    ended: usize,
}

/// The calls that went well. One that another thread's call interrupts in the trace comes in two lines.
fn calls(trace: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut interrupted: HashMap<&str, Call> = HashMap::new();
    for (at, line) in trace.lines().enumerate() {
        let Some((thread, text)) = line.split_once(' ') else {
            continue;
        };
        let text = text.trim_start();
        let went_well = !text.contains(" = -1 ");
        if text.starts_with("<... ") {
            let Some(call) = interrupted.remove(thread) else {
                continue;
            };
            calls.extend(went_well.then_some(Call { ended: at, ..call }));
            continue;
        }
        let Some((name, arguments)) = text.split_once('(') else {
            continue;
        };
        let call = Call {
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            begun: at,
            ended: at,
        };
        if text.ends_with("<unfinished ...>") {
            interrupted.insert(thread, call);
        } else {
            calls.extend(went_well.then_some(call));
        }
    }
    calls
}

impl Call {
    /// Whether its first argument is this open file: `5</folder/file>`.
    fn is_on(&self, file: &str) -> bool {
        let first = self.arguments.split('>').next().unwrap_or_default();
        first.ends_with(&format!("<{file}"))
    }

    fn is_sync(&self) -> bool {
        matches!(self.name.as_str(), "fsync" | "fdatasync")
    }

    /// From and to, of a call that gives a file a name. Each is behind its open folder: `9</folder>, "name"`.
    fn names(&self) -> Option<(String, String)> {
        if !self.name.starts_with("link") && !self.name.starts_with("rename") {
            return None;
        }
        let mut folders = self.arguments.split('<').skip(1).map(|text| text.split('>').next());
        let mut names = self.arguments.split('"').skip(1).step_by(2);
        let mut next = || Some(format!("{}/{}", folders.next()??, names.next()?));
        Some((next()?, next()?))
    }
}

/// The files that got a name, each with what was done in a wrong order.
fn placed(trace: &str) -> BTreeMap<String, Vec<&'static str>> {
    let calls = calls(trace);
    let mut files = BTreeMap::new();
    for link in &calls {
        let Some((from, to)) = link.names().filter(|(from, _)| from.ends_with(".dipper-part")) else {
            continue;
        };
        let mut wrong = Vec::new();
        let written = calls.iter().filter(|call| call.name == "pwrite64" && call.is_on(&from));
        let last = written.map(|call| call.ended).max().unwrap_or_default();
        let synced = calls
            .iter()
            .filter(|call| call.is_sync() && call.is_on(&from) && call.begun > last && call.ended < link.begun)
            .map(|call| call.ended)
            .max();
        let Some(synced) = synced else {
            files.insert(to, vec!["it has its name before its bytes are on the disk"]);
            continue;
        };
        let is_said = |call: &Call| call.is_sync() && call.arguments.contains(JOURNAL);
        if !calls
            .iter()
            .any(|call| is_said(call) && call.begun > synced && call.ended < link.begun)
        {
            wrong.push("it has its name before the journal says so");
        }
        let folder = to.rsplit_once('/').map_or("", |(folder, _)| folder);
        if !calls
            .iter()
            .any(|call| call.is_sync() && call.is_on(folder) && call.begun > link.ended)
        {
            wrong.push("its name is not on the disk");
        }
        files.insert(to, wrong);
    }
    files
}

/// L9: bytes, then the word of the journal, then the name, then the folder.
#[tokio::test(flavor = "multi_thread")]
async fn l09_a_download_is_on_the_disk_before_it_has_its_name() {
    let world = World::new().await;
    let stage = Stage::set(&world, Order::Download, Size { large: 1, small: 12 }).await;
    let file = stage.path("trace");
    let (traced, output) = (
        "--trace=pwrite64,fsync,fdatasync,link,linkat,rename,renameat,renameat2",
        format!("--output={}", file.display()),
    );
    let ended = stage.run_behind(&["strace", "-f", "-y", "-qq", "-s", "0", traced, &output]);
    assert!(ended.success(), "{}", stage.log());
    let trace = std::fs::read_to_string(file).unwrap();
    let files = placed(&trace);
    assert_eq!(files.len(), 13, "{files:?}");
    assert!(files.values().all(Vec::is_empty), "{files:?}");
    the_reader_of_traces_finds_what_it_looks_for(&trace);
}

/// The same trace without one kind of step.
fn the_reader_of_traces_finds_what_it_looks_for(trace: &str) {
    let without = |is: fn(&str) -> bool| {
        let kept: Vec<&str> = trace
            .lines()
            .filter(|line| !(line.contains("sync") && is(line)))
            .collect();
        placed(&kept.join("\n"))
    };
    let all_say = |files: BTreeMap<String, Vec<&str>>, what: &str| {
        assert!(
            files.len() == 13 && files.values().all(|wrong| wrong.contains(&what)),
            "{what}: {files:?}"
        );
    };
    all_say(
        without(|line| line.contains(".dipper-part>")),
        "it has its name before its bytes are on the disk",
    );
    all_say(
        without(|line| line.contains(JOURNAL)),
        "it has its name before the journal says so",
    );
    let is_folder = |line: &str| line.contains("/downloads/p>");
    all_say(without(is_folder), "its name is not on the disk");
}
