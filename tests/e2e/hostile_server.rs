//! A server that answers everything with text meant to break out: as names of buckets, keys, metadata, owners, request
//! ids and errors.

use std::collections::BTreeSet;

use bytes::Bytes;
use dipper_testkit::hostile;
use dipper_tests::story::AccountForm;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::task::JoinSet;

type Answer = Response<Full<Bytes>>;

/// It listens until dropped.
pub(crate) struct HostileServer {
    address: std::net::SocketAddr,
    _tasks: JoinSet<()>,
}

impl HostileServer {
    pub(crate) async fn start() -> Self {
        let (address, tasks) = crate::answering::serve(answer).await;
        Self { address, _tasks: tasks }
    }

    pub(crate) fn account(&self) -> AccountForm {
        AccountForm {
            name: hostile::scripts()[0].clone(),
            endpoint: self.address.to_string(),
            tls: false,
            access_key_id: "HOSTILE".to_owned(),
            secret_access_key: "hostile-secret".to_owned(),
            project_id: None,
            ca_certificate: None,
        }
    }
}

fn answer(request: &Request<Incoming>) -> Answer {
    let query = request.uri().query().unwrap_or_default();
    match request.uri().path() {
        "/" => xml(200, &buckets()),
        path if path.starts_with("/refuses") => refusal(),
        path if path.trim_end_matches('/') == "/objects" && query.contains("list-type") => xml(200, &objects()),
        path if path.trim_end_matches('/') == "/objects" => refusal(),
        _ if request.method() == http::Method::HEAD => head(),
        _ => refusal(),
    }
}

fn xml(status: u16, body: &str) -> Answer {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    Response::builder()
        .status(status)
        .header("content-type", "application/xml")
        .body(Full::new(body.into()))
        .unwrap()
}

/// The texts that can be the name of a bucket at all; a key takes any.
pub(crate) fn bucket_names() -> Vec<String> {
    let names = hostile::scripts().into_iter().map(|script| format!("bucket {script}"));
    names
        .filter(|name| name.len() <= 255 && !name.contains(['/', '?', '#']) && !name.contains(char::is_control))
        .collect()
}

fn buckets() -> String {
    let each = |name: &str| {
        format!(
            "<Bucket><Name>{}</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket>",
            escaped(name)
        )
    };
    let names: String = bucket_names().iter().map(|name| each(name)).collect();
    let owner = escaped(&hostile::scripts()[1]);
    format!(
        "<ListAllMyBucketsResult><Owner><ID>{owner}</ID><DisplayName>{owner}</DisplayName></Owner><Buckets>{names}{}{}</Buckets></ListAllMyBucketsResult>",
        each("objects"),
        each("refuses"),
    )
}

/// The texts as keys, in a listing's order: without what XML cannot hold, so without the twins this makes.
pub(crate) fn keys() -> BTreeSet<String> {
    let carried = |c: char| !c.is_control();
    hostile::scripts()
        .iter()
        .map(|script| script.chars().filter(|c| carried(*c)).collect())
        .collect()
}

fn objects() -> String {
    let each = |key: &str| {
        let key = escaped(key);
        format!(
            "<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"{key}\"</ETag><Size>1</Size><StorageClass>{key}</StorageClass></Contents>"
        )
    };
    let contents: String = keys().iter().map(|key| each(key)).collect();
    let count = keys().len();
    format!(
        "<ListBucketResult><Name>objects</Name><KeyCount>{count}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
    )
}

fn refusal() -> Answer {
    let text = escaped(&hostile::scripts().concat());
    xml(
        403,
        &format!(
            "<Error><Code>AccessDenied</Code><Message>{text}</Message><RequestId>{text}</RequestId><HostId>{text}</HostId></Error>"
        ),
    )
}

fn head() -> Answer {
    let script = |index: usize| {
        hostile::scripts()[index]
            .chars()
            .filter(|c| c.is_ascii() && !c.is_control())
            .collect::<String>()
    };
    Response::builder()
        .header("content-length", "1")
        .header("content-type", script(2))
        .header("etag", format!("\"{}\"", script(3)))
        .header("x-amz-meta-note", script(4))
        .header("x-amz-storage-class", script(5))
        .header("x-amz-request-id", script(6))
        .header("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        .body(Full::default())
        .unwrap()
}

fn escaped(text: &str) -> String {
    let keep = |c: char| !c.is_control() || matches!(c, '\t' | '\n');
    text.chars()
        .filter(|c| keep(*c))
        .collect::<String>()
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
