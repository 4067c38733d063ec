package org.emslens.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.UncheckedIOException;

/** Flat objects as rows of a table. */
public final class Csv {
  private static final CsvMapper MAPPER = new CsvMapper();

  private Csv() {}

  /** A row with its line end, after the names of the columns where `header` is set. */
  public static String row(ObjectNode node, boolean header) {
    CsvSchema.Builder columns = CsvSchema.builder();
    node.fieldNames().forEachRemaining(columns::addColumn);
    CsvSchema schema = columns.build();
    try {
      return MAPPER.writer(header ? schema.withHeader() : schema).writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
