//! Serves a folder as local storage until Enter is pressed or the input ends:
//! `cargo run -p dipper-local --example serve -- FOLDER [PORT]`. The keys are made up for the occasion.
#![expect(clippy::print_stdout, reason = "a program for the command line")]

use std::path::PathBuf;

use dipper_local::{Options, Server};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: serve FOLDER [PORT]")?);
    let port = arguments.next().map(|port| port.parse()).transpose()?;
    let mut random = [0_u8; 48];
    getrandom::fill(&mut random)?;
    let (id, secret, tenant) = (
        hex::encode(&random[..10]),
        hex::encode(&random[10..30]),
        hex::encode(&random[32..]),
    );
    let options = Options {
        folder,
        port,
        access_key_id: id.clone(),
        secret_access_key: secret.clone().into(),
        tenant: tenant.clone(),
    };
    let server = Server::start(options).await?;
    println!("endpoint           http://{}", server.address());
    println!("access key id      {id}");
    println!("secret access key  {secret}");
    println!("project id         {tenant}");
    println!("Press Enter to stop.");
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await??;
    server.stop().await;
    Ok(())
}
