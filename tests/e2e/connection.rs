//! What “Test connection” answers through the window: real refusals of RGW, and what no healthy server says, from one
//! that says it.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use dipper_testkit::Rgw;
use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use time::format_description::well_known::Rfc2822;
use time::{OffsetDateTime, UtcOffset};
use tokio::task::JoinSet;

use crate::story::form;
use crate::{alone, with_picture};

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_s_troubles_are_told_apart_on_rgw_and_elsewhere() {
    let _alone = alone().await;
    let odd = OddServer::start().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = ask_everywhere(&desk, &window, odd.address).await;
    with_picture("connection", &window, outcome).await;
    window.close().await.unwrap();
}

async fn ask_everywhere(desk: &Desk, window: &Window, odd: SocketAddr) -> Result<(), Failure> {
    let gateway = Rgw::shared()?;
    let account = form(gateway, gateway.endpoint(), None);
    window.press("Control+Shift+A").await?;
    window.fill_account(desk, &account).await?;
    wrong_keys(window, &account.access_key_id, &account.secret_access_key).await?;
    wrong_places(window).await?;
    tls_where_it_is_not_and_the_other_way(window, &account.endpoint).await?;
    odd_answers(window, odd).await?;
    buckets_may_not_be_listed(window).await
}

/// Changes one field and asks again.
async fn ask(window: &Window, field: &str, text: &str, answer: &str) -> Result<(), Failure> {
    window.fill(field, text).await?;
    window.click("button", "Test connection").await?;
    window.read(answer).await
}

async fn wrong_keys(window: &Window, access_key_id: &str, secret: &str) -> Result<(), Failure> {
    let (key_field, secret_field) = ("Access key ID", "Secret access key");
    ask(
        window,
        key_field,
        "NOSUCHACCESSKEY00000",
        "The server doesn’t know this access key",
    )
    .await?;
    window.click("button", "Edit the access key").await?;
    window.see_focus("textbox", key_field).await?;
    window.fill(key_field, access_key_id).await?;
    ask(
        window,
        secret_field,
        "not-the-secret",
        "The secret key doesn’t match this access key",
    )
    .await?;
    window.click("button", "Clear the secret key").await?;
    window.see_focus("textbox", secret_field).await?;
    assert_eq!(window.value(secret_field).await?, "");
    ask(window, secret_field, secret, "Connected:").await
}

async fn wrong_places(window: &Window) -> Result<(), Failure> {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.local_addr()?
    };
    let field = "REST endpoint";
    ask(
        window,
        field,
        "no-such-host.invalid:8080",
        "Tick this to go on without encryption",
    )
    .await?;
    window
        .click(
            "checkbox",
            "Send signatures and data unencrypted to no-such-host.invalid",
        )
        .await?;
    window.click("button", "Test connection").await?;
    window.read("Can’t find no-such-host.invalid").await?;
    window.see("button", "Edit the endpoint").await?;
    ask(
        window,
        field,
        &closed.to_string(),
        &format!("Nothing answers at {closed}"),
    )
    .await?;
    window.see("button", "Try again").await.map(drop)
}

async fn tls_where_it_is_not_and_the_other_way(window: &Window, plain: &str) -> Result<(), Failure> {
    let gateway = Rgw::shared()?;
    let encrypted = gateway
        .tls_endpoint()
        .unwrap_or_default()
        .trim_start_matches("https://");
    ask(window, "REST endpoint", encrypted, "wants secure transfer").await?;
    window.click("button", "Turn secure transfer on").await?;
    window.read("This server’s certificate isn’t trusted").await?;
    window.click("button", "Trust this certificate…").await?;
    window.see("alertdialog", "~Trust this certificate?").await?;
    window.click("button", "Trust this certificate").await?;
    window.read("with the certificate you trust").await?;
    ask(window, "REST endpoint", plain, "doesn’t speak TLS").await?;
    window.click("button", "Turn secure transfer off").await?;
    window.read("Connected:").await
}

async fn odd_answers(window: &Window, odd: SocketAddr) -> Result<(), Failure> {
    window.fill("REST endpoint", &odd.to_string()).await?;
    let key = "Access key ID";
    ask(window, key, "CLOCK", "Your clock is 20 minutes behind the server").await?;
    ask(window, key, "WEBSITE", &format!("{odd} isn’t an S3 server")).await?;
    window.click("button", "Show the server’s answer").await
}

/// The account is added all the same, with the one bucket its keys are for.
async fn buckets_may_not_be_listed(window: &Window) -> Result<(), Failure> {
    ask(
        window,
        "Access key ID",
        "NOLIST",
        "The keys work, but may not list buckets",
    )
    .await?;
    window.see_disabled("button", "Add bucket by name").await?;
    window.fill("Bucket name", "known").await?;
    window.click("button", "Add bucket by name").await?;
    window.gone("dialog", "").await?;
    window.read("These keys may not list buckets").await?;
    window.click("option", "~known").await?;
    window.see_keys(&["only.txt"]).await
}

/// It says by the access key what should go wrong.
struct OddServer {
    address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl OddServer {
    async fn start() -> Self {
        let (address, tasks) = crate::answering::serve(answer).await;
        Self { address, _tasks: tasks }
    }
}

fn answer(request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let signed = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let signed_by = |key: &str| signed.is_some_and(|signed| signed.contains(&format!("Credential={key}/")));
    let in_the_bucket = request.uri().path().trim_end_matches('/') == "/known";
    if signed_by("CLOCK") {
        let ahead = OffsetDateTime::from(SystemTime::now() + Duration::from_secs(20 * 60 + 30));
        let date = ahead.to_offset(UtcOffset::UTC).format(&Rfc2822).unwrap();
        let mut refused = xml(403, &refusal("RequestTimeTooSkewed"));
        let date = date.replace("+0000", "GMT").parse().unwrap();
        refused.headers_mut().insert(DATE, date);
        refused
    } else if signed_by("WEBSITE") {
        let page = Response::builder().header(CONTENT_TYPE, "text/html");
        page.body(Full::from("<!doctype html><title>Console</title><h1>Sign in</h1>"))
            .unwrap()
    } else if signed_by("NOLIST") && in_the_bucket {
        xml(
            200,
            "<ListBucketResult><Name>known</Name><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>
             <Contents><Key>only.txt</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"0\"</ETag><Size>4</Size></Contents></ListBucketResult>",
        )
    } else {
        xml(403, &refusal("AccessDenied"))
    }
}

fn refusal(code: &str) -> String {
    format!("<Error><Code>{code}</Code><Message>No.</Message><RequestId>odd-1</RequestId></Error>")
}

fn xml(status: u16, body: &str) -> Response<Full<Bytes>> {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    let answer = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/xml");
    answer.body(Full::from(body)).unwrap()
}
