//! What is exchanged with a contact: messages, and meetings.

use threadline_core::command::{
    AppointmentDraft, AppointmentField, ConversationCommand, DeliveryFact, InboundMessage,
};
use threadline_core::id::{AppointmentId, InteractionId, MemberId};
use threadline_core::model::{Address, Answer, AppointmentStatus, Channel, Failure, MessageFlag};
use threadline_core::time::{TimeSpan, Timestamp};

use super::{MINUTE_MS, Story, ZONE};
use crate::mail;
use crate::seed::SeedError;
use crate::seed::files::{self, Delivery};

/// The sample shop's mailbox.
const MAILBOX: &str = "hello@foldwell.example";
/// Its number, of those reserved for fiction.
const TELEPHONE: &str = "+441632960000";

impl Story<'_> {
    pub(super) fn message_in(
        &mut self,
        index: usize,
        at: Timestamp,
        channel: Channel,
        text: &str,
        html: Option<&str>,
    ) -> Result<(), SeedError> {
        let external = format!("{}.{index}@sample.invalid", self.said.key);
        let message = InboundMessage {
            id: InteractionId::of_external(self.workspace, "email", &external),
            channel,
            at,
            from: self.address(channel),
            to: vec![Address {
                name: String::new(),
                address: match channel {
                    Channel::Email => MAILBOX.to_owned(),
                    _ => TELEPHONE.to_owned(),
                },
            }],
            cc: Vec::new(),
            subject: self.subject(channel, ""),
            text: text.to_owned(),
            html: html.and_then(mail::sanitise),
            visible: mail::visible(text),
            in_reply_to: self.last_out,
            external_id: Some(external),
            attachments: Vec::new(),
            raw: None,
        };
        self.last_in = Some(message.id);
        let server = self.scribe.server.id.clone();
        let message = Box::new(message);
        self.give(&server, at, ConversationCommand::ReceiveMessage { message })?;
        Ok(())
    }

    pub(super) fn message_out(
        &mut self,
        at: Timestamp,
        by: &MemberId,
        channel: Channel,
        text: &str,
        status: Delivery,
        reason: &str,
    ) -> Result<(), SeedError> {
        let reply = if self.last_in.is_some() { "Re: " } else { "" };
        let command = ConversationCommand::SendMessage {
            channel,
            to: vec![self.address(channel)],
            subject: self.subject(channel, reply),
            text: text.to_owned(),
            in_reply_to: self.last_in,
            attachments: Vec::new(),
        };
        let sent = self.give(by, at, command)?;
        let interaction = InteractionId(sent.created.unwrap_or_default());
        self.last_out = Some(interaction);
        let failed = || {
            DeliveryFact::Failed(Failure {
                code: reason.split(' ').next().unwrap_or_default().to_owned(),
                text: reason.to_owned(),
            })
        };
        let facts = match status {
            Delivery::Failed => vec![DeliveryFact::Sent, failed()],
            Delivery::Delivered => vec![DeliveryFact::Sent, DeliveryFact::Delivered],
            Delivery::Read => vec![
                DeliveryFact::Sent,
                DeliveryFact::Delivered,
                DeliveryFact::Read,
            ],
        };
        let server = self.scribe.server.id.clone();
        for (fact, seconds) in facts.into_iter().zip([2, 5, 40]) {
            let command = ConversationCommand::RecordDelivery { interaction, fact };
            self.give(&server, at.plus_millis(seconds * 1_000), command)?;
        }
        Ok(())
    }

    pub(super) fn flag(
        &mut self,
        at: Timestamp,
        interaction: InteractionId,
        flag: MessageFlag,
    ) -> Result<(), SeedError> {
        let by = self.owner()?;
        let at = at.plus_millis(MINUTE_MS).min(self.scribe.now);
        let command = ConversationCommand::SetMessageFlag {
            interaction,
            flag,
            on: true,
        };
        self.give(&by, at, command)?;
        Ok(())
    }

    pub(super) fn appointment(
        &mut self,
        at: Timestamp,
        said: &files::Meeting,
    ) -> Result<(), SeedError> {
        let start = self.scribe.now.plus_millis(said.in_minutes * MINUTE_MS);
        // People meet at the quarters of an hour.
        let quarter = 15 * MINUTE_MS;
        let start = Timestamp::from_millis(start.as_millis().div_euclid(quarter) * quarter);
        let draft = AppointmentDraft {
            title: said.title.clone(),
            when: TimeSpan {
                start,
                end: start.plus_millis(said.minutes * MINUTE_MS),
                zone: ZONE.to_owned(),
            },
            organiser: None,
            attendees: said.attendees.clone(),
            place: said.place.clone(),
            link: said.link.clone(),
            agenda: said.agenda.clone(),
        };
        let made = self.give(&said.by, at, ConversationCommand::BookAppointment { draft })?;
        let appointment = AppointmentId(made.created.unwrap_or_default());
        for who in said.attendees.clone() {
            let answer = Answer::Accepted;
            let command = ConversationCommand::AnswerAppointment {
                appointment,
                who,
                answer,
            };
            self.give(&said.by, at.plus_millis(MINUTE_MS), command)?;
        }
        if !said.notes.is_empty() {
            let set = AppointmentField::Notes(said.notes.clone());
            let command = ConversationCommand::SetAppointmentField { appointment, set };
            self.give(&said.by, start.min(self.scribe.now), command)?;
        }
        if said.status != AppointmentStatus::Scheduled {
            let status = said.status;
            let command = ConversationCommand::SetAppointmentStatus {
                appointment,
                status,
            };
            self.give(&said.by, start.min(self.scribe.now), command)?;
        }
        Ok(())
    }

    /// The subject, on the channel that has one.
    pub(super) fn subject(&self, channel: Channel, before: &str) -> String {
        match channel {
            Channel::Email => format!("{before}{}", self.said.subject),
            _ => String::new(),
        }
    }

    pub(super) fn address(&self, channel: Channel) -> Address {
        let address = match channel {
            Channel::Email => &self.person.email,
            _ => &self.person.phone,
        };
        Address {
            name: self.person.name.clone(),
            address: address.clone(),
        }
    }
}
