package org.emslens.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import org.emslens.format.Json;

/** Outcomes as rows of a table. */
public final class OutcomeCsv {
  private static final CsvMapper CSV = new CsvMapper();

  private OutcomeCsv() {}

  /** A row with its line end, after the names of the columns where `header` is set. */
  static String row(Outcome o, boolean header) throws IOException {
    ObjectNode node = Json.MAPPER.valueToTree(o);
    node.remove("key");
    CsvSchema.Builder columns = CsvSchema.builder();
    node.fieldNames().forEachRemaining(columns::addColumn);
    CsvSchema schema = columns.build();
    return CSV.writer(header ? schema.withHeader() : schema).writeValueAsString(node);
  }

  /** Those that succeeded, with a header. */
  public static String table(Collection<Outcome> outcomes) {
    StringBuilder out = new StringBuilder();
    try {
      for (Outcome o : outcomes) {
        if (o.error() == null) {
          out.append(row(o, out.isEmpty()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }
}
