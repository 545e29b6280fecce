//! The flags about mail that leaves.

use clap::Args;
use lettre::message::Mailbox;
use threadline_core::id::WorkspaceId;

use crate::config::ConfigError;
use crate::mail::{Mailing, Relay};

/// Which server takes mails, and from whom they are.
#[derive(Args)]
pub(super) struct Sending {
    /// Address of the mail server that takes agents' replies, such as smtps://user:password@mail.example or smtp://mail.example (STARTTLS, or ?tls=none on the same machine); without it replies stay queued.
    #[arg(
        long,
        env = "THREADLINE_SMTP",
        hide_env_values = true,
        requires = "mail_from"
    )]
    smtp: Option<String>,
    /// From whom replies are, and where answers to them go, such as "Shop <hello@shop.example>".
    #[arg(long, env = "THREADLINE_MAIL_FROM", requires = "smtp")]
    mail_from: Option<Mailbox>,
    /// The same for one workspace, such as "acme=Acme <support@acme.example>"; may be repeated.
    #[arg(long, env = "THREADLINE_WORKSPACE_MAIL_FROM", value_delimiter = ',', value_parser = of_workspace, requires = "smtp")]
    workspace_mail_from: Vec<(WorkspaceId, Mailbox)>,
}

impl Sending {
    /// What was asked for; `None` where no mail is to leave.
    pub(super) fn mailing(&self) -> Result<Option<Mailing>, ConfigError> {
        let (Some(smtp), Some(from)) = (&self.smtp, &self.mail_from) else {
            return Ok(None);
        };
        Ok(Some(Mailing {
            relay: Relay::parse(smtp, from.email.domain())?,
            from: from.clone(),
            from_workspace: self.workspace_mail_from.iter().cloned().collect(),
        }))
    }
}

/// `WORKSPACE=MAILBOX`.
fn of_workspace(text: &str) -> Result<(WorkspaceId, Mailbox), String> {
    let (workspace, mailbox) = text
        .split_once('=')
        .ok_or("it is a workspace, =, and an address: acme=support@acme.example")?;
    let workspace = workspace
        .parse()
        .map_err(|_| "before the = stands a workspace's id".to_owned())?;
    let mailbox = mailbox
        .parse()
        .map_err(|_| "after the = stands an e-mail address".to_owned())?;
    Ok((workspace, mailbox))
}
