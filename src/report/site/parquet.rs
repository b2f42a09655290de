//! The table of the leaderboard as a Parquet file: the columns of the CSV, with their types.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::board::{Board, BoardRun};
use super::export::page;
use super::input::RunInput;
use crate::report::printable;

/// A column with its values, one a run.
struct Column {
    name: String,
    values: Values,
}

/// Values that may be missing.
enum Values {
    Text(Vec<Option<String>>),
    Date(Vec<Option<i32>>),
    Whole(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
}

/// The file's bytes: a row for each run.
pub(super) fn table(board: &Board<'_>) -> Result<Vec<u8>, ParquetError> {
    let columns = columns(board);
    let fields = columns.iter().map(Column::field).collect::<Result<Vec<TypePtr>, _>>()?;
    let schema = Type::group_type_builder("leaderboard").with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_created_by(format!("karat {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::SNAPPY)
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut rows = file.next_row_group()?;
    for column in columns {
        column.write(&mut rows)?;
    }
    rows.close()?;
    file.into_inner()
}

fn columns(board: &Board<'_>) -> Vec<Column> {
    let set = &board.input.problem_set;
    let text = |name: &str, value: &dyn Fn(&BoardRun<'_>) -> Option<String>| {
        // As in the other files: nothing in it steers a terminal.
        let values = board.runs.iter().map(|run| value(run).map(|text| printable(&text)));
        Column { name: name.to_owned(), values: Values::Text(values.collect()) }
    };
    let whole = |name: &str, value: &dyn Fn(&RunInput) -> Option<u64>| {
        let values = board.runs.iter().map(|run| value(run.input).and_then(|one| i64::try_from(one).ok()));
        Column { name: name.to_owned(), values: Values::Whole(values.collect()) }
    };
    let real = |name: String, value: &dyn Fn(&RunInput) -> Option<f64>| {
        let values = board.runs.iter().map(|run| value(run.input));
        Column { name, values: Values::Real(values.collect()) }
    };
    let mut columns = vec![
        whole("rank", &|run| Some(run.rank.best.into())),
        whole("rank_worst", &|run| Some(run.rank.worst.into())),
        text("run", &|run| Some(run.input.name.clone())),
        text("model", &|run| run.input.model.clone()),
        Column {
            name: "date".to_owned(),
            values: Values::Date(board.runs.iter().map(|run| run.input.date.map(days)).collect()),
        },
    ];
    for &k in &board.ks {
        let score = |run: &RunInput| run.pass_at_k.iter().find(|one| one.k == k).copied();
        columns.extend([
            real(format!("pass_at_{k}"), &|run| Some(score(run)?.value)),
            real(format!("pass_at_{k}_low"), &|run| Some(score(run)?.low)),
            real(format!("pass_at_{k}_high"), &|run| Some(score(run)?.high)),
            real(format!("pass_at_{k}_lower_bound"), &|run| Some(score(run)?.lower_bound)),
            real(format!("pass_at_{k}_upper_bound"), &|run| Some(score(run)?.upper_bound)),
        ]);
    }
    columns.extend([
        real("cost".to_owned(), &|run| run.cost),
        real("cost_per_solved".to_owned(), &|run| run.cost_per_solved),
        whole("tokens_in", &|run| run.tokens_in),
        whole("tokens_out", &|run| run.tokens_out),
        text("karat_version", &|run| Some(run.input.karat_version.clone())),
        text("judging", &|run| Some(run.input.judging.clone())),
        text("problem_set", &|_| Some(set.name.clone())),
        text("problem_set_version", &|_| set.version.clone()),
        text("problem_set_digest", &|_| Some(set.digest.clone())),
        text("page", &|run| Some(page(run))),
    ]);
    columns
}

/// Days since 1970-01-01, which is how Parquet has dates.
fn days(date: jiff::civil::Date) -> i32 {
    let span = date - jiff::civil::date(1970, 1, 1);
    span.get_days()
}

impl Column {
    fn field(&self) -> Result<TypePtr, ParquetError> {
        let (physical, logical) = match self.values {
            Values::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Values::Date(_) => (Physical::INT32, Some(LogicalType::Date)),
            Values::Whole(_) => (Physical::INT64, None),
            Values::Real(_) => (Physical::DOUBLE, None),
        };
        let field = Type::primitive_type_builder(&self.name, physical)
            .with_logical_type(logical)
            .with_repetition(Repetition::OPTIONAL)
            .build()?;
        Ok(Arc::new(field))
    }

    fn write(self, rows: &mut SerializedRowGroupWriter<'_, Vec<u8>>) -> Result<(), ParquetError> {
        match self.values {
            Values::Text(texts) => {
                let bytes = |text: String| ByteArray::from(text.into_bytes());
                write::<ByteArrayType>(rows, texts.into_iter().map(|text| text.map(bytes)).collect())
            }
            Values::Date(days) => write::<Int32Type>(rows, days),
            Values::Whole(numbers) => write::<Int64Type>(rows, numbers),
            Values::Real(numbers) => write::<DoubleType>(rows, numbers),
        }
    }
}

/// Writes the next column: a level for each row says whether its value is there.
fn write<T: DataType>(
    rows: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: Vec<Option<T::T>>,
) -> Result<(), ParquetError> {
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let known: Vec<T::T> = values.into_iter().flatten().collect();
    let Some(mut column) = rows.next_column()? else { return Ok(()) };
    column.typed::<T>().write_batch(&known, Some(&levels), None)?;
    column.close()
}
