//! A view of 1,000,000 keys: how long its listing, sorts and keystrokes take, and how much memory it keeps.
//!
//! `cargo bench --package dipper-catalog` prints each figure beside its bar; nothing is asserted, as times depend on the
//! machine and its other work. Of several rounds the quickest counts. The listing comes from a server in this process
//! that makes its pages up, so its time is mostly that of reading their XML.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use dipper_catalog::{Column, Direction, ListingState, Mode, SelectionChange, Sort, View, ViewOptions};
use dipper_storage::{BucketName, Client, Config, Credentials, Endpoint, Prefix, Scheme};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const KEYS: u64 = 1_000_000;
const PAGE: u64 = 1_000;
/// The quickest of so many is told.
const ROUNDS: u32 = 5;
const PREFIX: &str = "photos/";

fn key(number: u64) -> String {
    let extension = ["jpg", "CR2", "xmp"][usize::try_from(number % 3).unwrap()];
    format!("{PREFIX}2026/{:03}/IMG_{number:08}_holiday.{extension}", number / 4_000)
}

fn main() {
    // Test runners start every target; only `cargo bench` says that it wants figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let before = resident();
    let started = Instant::now();
    let view = runtime.block_on(listed());
    println!("listed {KEYS} keys in {:.1} s", started.elapsed().as_secs_f64());
    drop(runtime);
    view.rows(0, 100);
    let keys: u64 = (0..KEYS).map(|number| key(number).len() as u64).sum();
    let grown = resident().saturating_sub(before);
    println!(
        "memory: {} MiB, {} bytes a key beside its {} (bar 100)",
        grown >> 20,
        grown.saturating_sub(keys) / KEYS,
        keys / KEYS
    );
    for column in [
        Column::Name,
        Column::Size,
        Column::Type,
        Column::LastModified,
        Column::StorageClass,
    ] {
        measure(&format!("sort by {column:?}"), 400, |round| {
            let direction = [Direction::Descending, Direction::Ascending][usize::try_from(round % 2).unwrap()];
            view.set_sort(Sort { column, direction });
            view.rows(0, 100);
        });
    }
    view.set_sort(Sort::default());
    view.rows(0, 100);
    for typed in ["img_00123", "holiday.xmp", "nothing"] {
        for end in 1..=typed.len() {
            let (text, before) = (&typed[..end], &typed[..end - 1]);
            measure_after(
                &format!("filter {text:?}"),
                50,
                |_| view.set_filter(before),
                |_| {
                    view.set_filter(text);
                    view.rows(0, 100);
                },
            );
        }
    }
    view.set_filter("");
    measure("select all", 100, |_| drop(view.select(SelectionChange::All)));
    measure("find what is not there", 50, |_| _ = view.find("nothing", 0));
}

fn measure(what: &str, bar: u64, work: impl FnMut(u32)) {
    measure_after(what, bar, |_| (), work);
}

/// Prints the quickest round of `work`, and what a round costs this process on all its threads.
fn measure_after(what: &str, bar: u64, mut prepare: impl FnMut(u32), mut work: impl FnMut(u32)) {
    let (mut quickest, mut cpu) = (Duration::MAX, Duration::ZERO);
    for round in 0..ROUNDS {
        prepare(round);
        let (begun, worked) = (Instant::now(), cpu_time());
        work(round);
        quickest = quickest.min(begun.elapsed());
        cpu += cpu_time().saturating_sub(worked);
    }
    let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!(
        "{what}: {:.1} ms (bar {bar}), {:.0} ms of CPU",
        milliseconds(quickest),
        milliseconds(cpu / ROUNDS)
    );
}

/// How long this process has been at work, to the hundredth of a second. Linux tells.
fn cpu_time() -> Duration {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = status.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}

/// The memory of this process in bytes. Linux tells.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// A flat view with its listing complete.
async fn listed() -> View {
    let (address, _server) = serve().await;
    let mut config = Config::new(Endpoint::parse(&address.to_string(), Scheme::Http).unwrap());
    config.credentials = Some(Credentials {
        access_key_id: "key".to_owned(),
        secret_access_key: "secret".into(),
        session_token: None,
    });
    let view = View::open(ViewOptions {
        client: Client::new(config).unwrap(),
        bucket: BucketName::parse("bucket").unwrap(),
        prefix: Prefix::new(PREFIX),
        mode: Mode::Flat,
        sort: Sort::default(),
    });
    let mut status = view.status();
    let ended = status
        .wait_for(|status| !matches!(status.state, ListingState::Listing))
        .await;
    assert_eq!(ended.unwrap().listed, KEYS);
    view
}

/// A server that answers every request with the page its token asks for.
async fn serve() -> (SocketAddr, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            answer(stream).await;
        }
    });
    (address, tasks)
}

async fn answer(stream: TcpStream) {
    let mut stream = BufReader::new(stream);
    let mut begin = 0;
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|bytes| bytes > 0) {
        if let Some((_, token)) = line.split_once("continuation-token=") {
            let digits = token.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            begin = digits.parse().unwrap_or(begin);
        }
        if line == "\r\n" {
            let body = page(begin);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            let sent = async {
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(body.as_bytes()).await
            };
            if sent.await.is_err() {
                return;
            }
        }
        line.clear();
    }
}

fn page(begin: u64) -> String {
    let mut page = String::from("<ListBucketResult>");
    for number in begin..begin + PAGE {
        let (minute, second) = (number * 31 % 60, number * 7 % 60);
        write!(
            page,
            "<Contents><Key>{}</Key><LastModified>2026-11-22T10:{minute:02}:{second:02}.000Z</LastModified>\
             <ETag>\"{number:032x}\"</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
            key(number),
            (number * 7_919) % 10_000_019
        )
        .unwrap();
    }
    let next = begin + PAGE;
    let rest = if next < KEYS {
        format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{next}</NextContinuationToken>")
    } else {
        "<IsTruncated>false</IsTruncated>".to_owned()
    };
    page + &rest + "</ListBucketResult>"
}
