//! The operations on search, SQL and the language model.

use super::{ADMIN, READ};
use crate::operation::Method::{Get, Post};
use crate::operation::{Operation, Operation as Op, params};
use crate::{ModelInstall, ModelStatus, SearchAnswer, SearchQuery, SqlAnswer, SqlQuery};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new("search", Get, "/v1/search", READ, "Find things by words and meaning, and say why")
        .command("search")
        .query(params::<SearchQuery>)
        .reply::<SearchAnswer>(),
    Op::new("sql_query", Post, "/v1/query", READ, "Run one SELECT over the documented views")
        .command("query")
        .request::<SqlQuery>()
        .reply::<SqlAnswer>(),
    Op::new("model_status", Get, "/v1/model", READ, "Where the language model is")
        .command("model status")
        .reply::<ModelStatus>(),
    Op::new("model_install", Post, "/v1/model/install", ADMIN, "Install the language model")
        .command("model install")
        .status(202)
        .request::<ModelInstall>()
        .reply::<ModelStatus>(),
];
