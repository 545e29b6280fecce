//! The board of opportunities (spec F2.8).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{RowIndex, Words, admits_some};
use crate::id::{ChoiceId, ContactId, MemberId};
use crate::model::{Money, OpportunityMark, OpportunityStatus};

/// A question to the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BoardQuery {
    /// The pipeline.
    pub pipeline: ChoiceId,
    /// Open, won or lost ones.
    #[serde(default)]
    pub status: OpportunityStatus,
    /// Owners; with none, all.
    #[serde(default)]
    pub owners: Vec<MemberId>,
    /// Words to find in title and contact.
    #[serde(default)]
    pub search: String,
}

/// A deal ready to draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct BoardDeal {
    /// The deal.
    #[serde(flatten)]
    pub deal: OpportunityMark,
    /// Its contact, which is where its commands go.
    pub contact: ContactId,
    /// The contact's name.
    pub name: String,
    /// The contact's company.
    pub company: String,
}

/// What the deals of a stage are worth together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct BoardSum {
    /// The stage.
    pub stage: ChoiceId,
    /// How many.
    pub count: u32,
    /// Their values, added up currency by currency.
    pub values: Vec<Money>,
}

/// The answer to a [`BoardQuery`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Board {
    /// The deals, the greatest of each currency first.
    pub deals: Vec<BoardDeal>,
    /// What each stage that has any comes to.
    pub sums: Vec<BoardSum>,
}

impl RowIndex {
    /// Answers a question to the board.
    pub(in crate::replica) fn board(&self, query: &BoardQuery) -> Board {
        let words = Words::of(&query.search);
        let mut deals = Vec::new();
        let mut sums: BTreeMap<&ChoiceId, (u32, BTreeMap<&str, i64>)> = BTreeMap::new();
        for contact in self.contacts() {
            for deal in &contact.opportunities {
                let fits = deal.stage.pipeline == query.pipeline
                    && deal.status == query.status
                    && admits_some(&query.owners, deal.owner.as_ref())
                    && words.are_in([deal.title.as_str(), &contact.name, &contact.company]);
                if !fits {
                    continue;
                }
                let (count, values) = sums.entry(&deal.stage.stage).or_default();
                *count += 1;
                let value = values.entry(&deal.value.currency).or_default();
                *value = value.saturating_add(deal.value.amount);
                deals.push(BoardDeal {
                    deal: deal.clone(),
                    contact: contact.id,
                    name: contact.name.clone(),
                    company: contact.company.clone(),
                });
            }
        }
        deals.sort_by(|a, b| {
            let key = |it: &BoardDeal| (-it.deal.value.amount, it.deal.id);
            key(a).cmp(&key(b))
        });
        let money = |(currency, amount): (&str, i64)| Money {
            amount,
            currency: currency.to_owned(),
        };
        let sums = sums
            .into_iter()
            .map(|(stage, (count, values))| BoardSum {
                stage: stage.clone(),
                count,
                values: values.into_iter().map(money).collect(),
            })
            .collect();
        Board { deals, sums }
    }
}
