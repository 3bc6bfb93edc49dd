//! What must not happen: a secret seen anywhere, a name that runs, a page that reaches out, a command without its token.
//! Each search is first seen to find what it looks for.

use dipper_testkit::Rgw;
use dipper_testkit::canary::Canary;
use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};
use serde_json::{Value, json};

use crate::hostile_server::{HostileServer, bucket_names, keys};
use crate::story::form;
use crate::{alone, with_picture};

/// Keeps what every command was told and answered, before the page sees it.
const RECORD: &str = "
    if (window.__heard) return;
    window.__heard = [];
    const fetched = window.fetch;
    window.fetch = async (...request) => {
        const answer = await fetched(...request);
        window.__heard.push(`${request[0]} answered ${await answer.clone().text()}`);
        return answer;
    };";

/// Counts whatever could run: scripts, frames, and attributes that hold code.
const WATCH: &str = "
    if (window.__grown) return;
    window.__grown = [];
    window.__ran = false;
    window.__pwned = () => { window.__ran = true; };
    const suspicious = (element) => element.nodeType === 1 && (['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED'].includes(element.tagName)
        || [...element.attributes].some(({ name, value }) => name.startsWith('on') || name === 'srcdoc'
            || (['href', 'src', 'action', 'formaction', 'data', 'xlink:href'].includes(name) && /^\\s*javascript:/i.test(value))));
    const look = (element) => {
        for (const each of [element, ...(element.querySelectorAll?.('*') ?? [])])
            if (suspicious(each)) window.__grown.push(each.outerHTML);
    };
    new MutationObserver((records) => records.forEach((record) => record.addedNodes.forEach(look)))
        .observe(document, { childList: true, subtree: true });";

#[tokio::test(flavor = "multi_thread")]
async fn s01_s02_s03_a_secret_typed_for_rgw_is_found_nowhere_outside_the_keychain() {
    let _alone = alone().await;
    let gateway = Rgw::shared().unwrap();
    let desk = Desk::new().unwrap();
    let log = desk.home().join("program.log");
    let window = Window::open_logged(&desk, &log, &[("RUST_LOG", "trace")])
        .await
        .unwrap();
    let outcome = a_secret_is_typed_and_searched_for(gateway, &desk, &window, &log).await;
    with_picture("canary", &window, outcome).await;
    window.close().await.unwrap();
}

async fn a_secret_is_typed_and_searched_for(
    gateway: &Rgw,
    desk: &Desk,
    window: &Window,
    log: &std::path::Path,
) -> Result<(), Failure> {
    let account = form(gateway, gateway.endpoint(), None);
    let canary = Canary::new(&account.secret_access_key)?;
    window.run(RECORD, vec![]).await?;
    window.add_account(desk, &account).await?;
    window.new_bucket("canary-1").await?;
    window.new_text_object("seen.txt", "nothing secret").await?;
    window.select_object("seen.txt").await?;
    window.link(&["Expiring link", "V4"]).await?;
    window.link(&["Expiring link", "V2"]).await?;
    window.click("tab", "~Event log").await?;
    window.fill("Filter events", "PutObject").await?;
    window.read("PutObject").await?;
    window.select_object("seen.txt").await?;
    window.wrong_secret_is_explained(desk, &account).await?;
    window.delete_selected("1 object").await?;
    window.gone("row", "^seen.txt").await?;
    window.delete_empty_bucket("canary-1").await?;

    let page = "return [document.documentElement.outerHTML, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }),
        [...document.querySelectorAll('input,textarea')].map((field) => field.value).join('\\n'), window.__heard.join('\\n')].join('\\n')";
    let page = window.run(page, vec![]).await?.as_str().unwrap_or_default().to_owned();
    assert!(page.contains("list_buckets"), "the recorder heard commands");
    assert_eq!(
        canary.in_bytes("the page", page.as_bytes()),
        [],
        "in the page or in a command's answer"
    );
    assert!(std::fs::metadata(log)?.len() > 0, "the log was written");
    assert_eq!(canary.in_files(desk.home())?, [], "in the program's folders");

    std::fs::write(
        desk.home().join("state/planted"),
        format!("x{}x", account.secret_access_key),
    )?;
    assert_eq!(
        canary.in_files(desk.home())?.len(),
        1,
        "the search finds what was planted"
    );
    let planted = format!("{page}{}", account.secret_access_key);
    assert_eq!(canary.in_bytes("the page", planted.as_bytes()).len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_hostile_names_metadata_and_errors_run_nothing() {
    let _alone = alone().await;
    let server = HostileServer::start().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = hostile_texts_are_shown(&server, &desk, &window).await;
    with_picture("hostile", &window, outcome).await;
    window.close().await.unwrap();
}

async fn hostile_texts_are_shown(server: &HostileServer, desk: &Desk, window: &Window) -> Result<(), Failure> {
    window.run(WATCH, vec![]).await?;
    window.click("button", "~Add account").await?;
    window.fill_account(desk, &server.account()).await?;
    window.click("button", "Add new account").await?;
    window.see("option", "^bucket").await?;
    let shown = see_every_row(window, "buckets").await?;
    assert_eq!(shown, bucket_names().len() + 2, "buckets were drawn");
    window.click("option", "^objects").await?;
    window.click("radio", "Flat").await?;
    window.see("row", "~window").await?;
    let shown = see_every_row(window, "objects").await?;
    assert_eq!(shown, keys().len(), "objects were drawn");
    window.click("row", "~window").await?;
    window.click("tab", "~Properties").await?;
    window.click("row", "~window").await?;
    for _ in 0..12 {
        window.read("Content-Type").await?;
        window.press("Up").await?;
    }
    window.click("option", "^refuses").await?;
    window.read("You may not list this bucket").await?;
    assert_nothing_ran(window).await?;

    window
        .run(
            "window.__pwned(1); document.body.append(document.createElement('iframe'))",
            vec![],
        )
        .await?;
    assert_eq!(
        window.run("return window.__ran", vec![]).await?,
        true,
        "the sentinel sees a call"
    );
    let grown = window.until("the watcher", async || {
        let grown = window
            .run("return window.__grown.length", vec![])
            .await?
            .as_u64()
            .unwrap_or_default();
        Ok((grown > 0).then_some(grown))
    });
    assert_eq!(grown.await?, 1, "the watcher sees what was planted");
    Ok(())
}

/// Scrolls through a list and counts the different rows that were drawn.
async fn see_every_row(window: &Window, list: &str) -> Result<usize, Failure> {
    let script = "
        const [name, finished] = arguments;
        const place = document.querySelector(`[data-testid=${name}]`);
        const scrolls = (element) => element.scrollHeight > element.clientHeight + 2 && ['auto', 'scroll'].includes(getComputedStyle(element).overflowY);
        const list = [place, ...place.querySelectorAll('*')].find(scrolls) ?? place;
        const seen = new Set();
        const drawn = (then) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(then, 20)));
        const step = () => {
            for (const row of list.querySelectorAll('[data-key],[data-bucket]')) seen.add(row.dataset.key ?? row.dataset.bucket);
            if (list.scrollTop + list.clientHeight >= list.scrollHeight - 2) return finished(seen.size);
            list.scrollTop += list.clientHeight / 2;
            drawn(step);
        };
        list.scrollTop = 0;
        drawn(step);";
    let seen = window.run_async(script, vec![json!(list)]).await?;
    Ok(usize::try_from(seen.as_u64().unwrap_or_default()).unwrap_or_default())
}

async fn assert_nothing_ran(window: &Window) -> Result<(), Failure> {
    let state = window.run("return [window.__ran, window.__grown]", vec![]).await?;
    assert_eq!(state, json!([false, []]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_the_page_runs_nothing_foreign_and_reaches_nobody() {
    let _alone = alone().await;
    let catcher = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = catcher.local_addr().unwrap();
    let calls = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = calls.clone();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move {
        while catcher.accept().await.is_ok() {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    });
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = foreign_code_is_planted(&window, &address.to_string()).await;
    with_picture("csp", &window, outcome).await;
    assert_eq!(calls.load(std::sync::atomic::Ordering::SeqCst), 0, "nobody was called");
    tokio::net::TcpStream::connect(address).await.unwrap();
    let caught = window.until("the catcher", async || {
        Ok((calls.load(std::sync::atomic::Ordering::SeqCst) == 1).then_some(()))
    });
    caught.await.unwrap();
    window.close().await.unwrap();
}

async fn foreign_code_is_planted(window: &Window, catcher: &str) -> Result<(), Failure> {
    let plant = "
        const [host, finished] = arguments;
        const holder = document.createElement('div');
        holder.innerHTML = `<img src=\"http://${host}/image\" onerror=\"window.__ran = 'onerror'\">
            <link rel=stylesheet href=\"http://${host}/style\"><link rel=dns-prefetch href=\"//${host}\">
            <iframe src=\"http://${host}/frame\"></iframe><object data=\"http://${host}/object\"></object>`;
        document.body.append(holder);
        const inline = document.createElement('script');
        inline.textContent = \"window.__ran = 'inline'\";
        const remote = document.createElement('script');
        remote.src = `http://${host}/script`;
        document.body.append(inline, remote);
        const tries = [
            () => fetch(`http://${host}/fetch`),
            () => new WebSocket(`ws://${host}/socket`),
            () => navigator.sendBeacon?.(`http://${host}/beacon`),
            () => new EventSource(`http://${host}/events`),
            () => new FontFace('x', `url(http://${host}/font)`).load(),
            () => window.open(`http://${host}/window`),
        ];
        for (const attempt of tries) try { Promise.resolve(attempt()).catch(() => {}); } catch {}
        setTimeout(() => finished(window.__ran ?? null), 1500);";
    let ran = window.run_async(plant, vec![json!(catcher)]).await?;
    assert_eq!(ran, Value::Null);
    Ok(())
}

/// D2: whatever the page sends, what destroys or publishes needs the token of its own dry run.
#[tokio::test(flavor = "multi_thread")]
async fn d2_commands_that_destroy_or_publish_refuse_made_up_tokens() {
    let _alone = alone().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = made_up_tokens_are_refused(&window).await;
    with_picture("tokens", &window, outcome).await;
    window.close().await.unwrap();
}

async fn made_up_tokens_are_refused(window: &Window) -> Result<(), Failure> {
    window.click("button", "~Try it with local storage").await?;
    window.new_bucket("kept").await?;
    let text = json!({ "accountId": "x", "bucket": "kept", "key": "k", "text": "t", "contentType": "text/plain", "access": "public", "token": "" });
    let commands = [
        ("delete_bucket", json!({ "token": "", "typedName": "kept" })),
        ("delete_objects", json!({ "token": "", "typedName": "kept" })),
        ("apply_access_plan", json!({ "token": "" })),
        ("apply_permission_change", json!({ "token": "" })),
        ("start_upload", json!({ "token": "" })),
        ("remove_account", json!({ "token": "" })),
        ("create_text_object", json!({ "object": text })),
    ];
    let call = "const [command, payload, finished] = arguments;
        window.__TAURI_INTERNALS__.invoke(command, payload).then(() => finished('done'), (error) => finished(error.code));";
    for (command, payload) in commands {
        for token in [
            "",
            "0",
            "00000000000000000000000000000000",
            "ffffffffffffffffffffffffffffffff",
            "kept",
            "../x",
            "null",
            "true",
        ] {
            let mut payload = payload.clone();
            let holder = if command == "create_text_object" {
                &mut payload["object"]
            } else {
                &mut payload
            };
            holder["token"] = json!(token);
            let answer = window.run_async(call, vec![json!(command), payload]).await?;
            assert_eq!(answer, "stalePlan", "{command} with “{token}”");
        }
    }
    window.see("option", "~kept").await?;
    Ok(())
}
