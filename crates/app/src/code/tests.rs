//! Every snippet is read by the real interpreter of its language, with names that try to break out.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;

const ACTIONS: [CodeAction; 11] = [
    CodeAction::Link,
    CodeAction::ListBuckets,
    CodeAction::CreateBucket,
    CodeAction::DeleteBucket,
    CodeAction::ListObjects,
    CodeAction::PutText,
    CodeAction::Upload,
    CodeAction::Download,
    CodeAction::DeleteObjects,
    CodeAction::MakePublic,
    CodeAction::MakePrivate,
];
const HOSTILE: &str = "it's \"$(id)\" `id` \\ \u{202E}\n-rf 名前.txt";

fn scene(keys: &[&str], prefix: &str) -> Scene {
    Scene {
        endpoint: "http://objects.example.net:8080".to_owned(),
        region: "us-east-1".to_owned(),
        path_style: true,
        amazon: false,
        signature: SignatureVersion::V4,
        project_id: Some("3f9c2a7d4be04d1f8a6e5b90c2d17c1b".to_owned()),
        bucket: "field-photos".to_owned(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        prefix: prefix.to_owned(),
        more: 0,
        files: keys.iter().map(|key| (file_name(key), (*key).to_owned())).collect(),
        text: HOSTILE.to_owned(),
        content_type: "text/plain; charset=utf-8".to_owned(),
        acl: Some(CannedAcl::PublicRead),
        location: Some("eu-central-1".to_owned()),
        link: None,
    }
}

fn with_link(kind: LinkKind, with_project_id: bool) -> Scene {
    let link = SceneLink {
        kind,
        seconds: 3_600,
        style: SignatureVersion::V4,
        with_project_id,
        plain: "http://objects.example.net:8080/3f9c:field-photos/hello.txt".to_owned(),
    };
    Scene {
        link: Some(link),
        ..scene(&["hello.txt"], "")
    }
}

fn scenes() -> Vec<Scene> {
    vec![
        scene(&[], ""),
        scene(&["hello.txt"], ""),
        scene(&[HOSTILE, "-x", "", "a b+c/é//x.txt"], ""),
        scene(&[], "2026/it's/"),
        with_link(LinkKind::Expiring, true),
        with_link(LinkKind::Public, true),
    ]
}

fn accepted_by(program: &str, arguments: &[&str], code: &str) {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(code.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{code}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn python_understands_every_snippet() {
    let all: Vec<String> = scenes()
        .iter()
        .flat_map(|scene| ACTIONS.map(|action| boto3::code(action, scene)))
        .collect();
    let listed: Vec<String> = all.iter().map(|code| quoting::python(code)).collect();
    accepted_by(
        "python3",
        &["-"],
        &format!(
            "for code in [{}]:\n    compile(code, 'snippet', 'exec')\n",
            listed.join(",\n")
        ),
    );
}

#[test]
fn a_shell_understands_every_line() {
    for scene in scenes() {
        let all: Vec<String> = ACTIONS
            .iter()
            .flat_map(|a| [aws_cli::code(*a, &scene), curl::code(*a, &scene)])
            .collect();
        accepted_by("bash", &["-n"], &all.join("\n"));
    }
}

#[test]
fn boto3_signs_the_plain_name_and_says_so() {
    let scene = with_link(LinkKind::Expiring, true);
    let code = boto3::code(CodeAction::Link, &scene);
    assert!(code.contains("Params={\"Bucket\": \"field-photos\", \"Key\": key}") && code.contains("ExpiresIn=3600"));
    assert!(!code.contains("3f9c2a7d"), "{code}");
    assert!(
        boto3::note(CodeAction::Link, &scene)
            .unwrap()
            .contains("signs the plain name")
    );
    assert!(boto3::note(CodeAction::Link, &with_link(LinkKind::Expiring, false)).is_none());
}

#[test]
fn a_public_link_needs_no_keys_in_any_language() {
    let scene = with_link(LinkKind::Public, true);
    let all = [
        boto3::code(CodeAction::Link, &scene),
        curl::code(CodeAction::Link, &scene),
        aws_cli::code(CodeAction::Link, &scene),
    ];
    for code in all {
        assert!(
            code.contains("http://objects.example.net:8080/3f9c:field-photos/hello.txt"),
            "{code}"
        );
        assert!(!code.contains("s3.client") && !code.contains("--user"), "{code}");
    }
}

#[test]
fn snippets_are_as_a_person_would_write_them() {
    let scene = scene(&["hello.txt"], "");
    assert_eq!(
        aws_cli::code(CodeAction::MakePublic, &scene),
        "# keys come from your own profile\naws --endpoint-url http://objects.example.net:8080 --region us-east-1 \
         s3api put-object-acl --bucket field-photos --key=hello.txt --acl public-read\n"
    );
    assert_eq!(
        curl::code(CodeAction::DeleteObjects, &scene),
        "# keys come from your own environment\ncurl -fsS --path-as-is --aws-sigv4 aws:amz:us-east-1:s3 \\\n  \
         --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" \\\n  -X DELETE http://objects.example.net:8080/field-photos/hello.txt\n"
    );
    assert!(
        boto3::code(CodeAction::MakePrivate, &scene)
            .ends_with("key = \"hello.txt\"\ns3.put_object_acl(Bucket=\"field-photos\", Key=key, ACL=\"private\")\n")
    );
}

#[test]
fn a_file_name_is_never_a_path_of_the_servers_choosing() {
    for (key, file) in [
        ("a/b.txt", "b.txt"),
        ("../../etc/passwd", "passwd"),
        ("..", "object"),
        ("a\\..\\b", "b"),
        ("x/", "x"),
        ("-o", "./-o"),
    ] {
        assert_eq!(file_name(key), file);
    }
}
