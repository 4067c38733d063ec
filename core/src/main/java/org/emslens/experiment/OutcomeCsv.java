package org.emslens.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import org.emslens.format.Csv;
import org.emslens.format.Json;

/** Outcomes as rows of a table. */
public final class OutcomeCsv {
  private static final List<String> ANSWERS = List.of("found", "fullFound");

  private OutcomeCsv() {}

  /** A row with its line end, after the names of the columns where `header` is set. */
  static String row(Outcome o, boolean header) {
    ObjectNode node = Json.MAPPER.valueToTree(o);
    node.remove(List.of("key", "sha256"));
    node.put("text", text(o));
    if (!o.asks()) {
      // Nobody was asked: a mean over rows of all kinds leaves these out.
      ANSWERS.stream().filter(node::has).forEach(node::putNull);
    }
    return Csv.row(node, header);
  }

  /** The beginning of its text's digest, which tells texts of one name apart; else nothing. */
  private static String text(Outcome o) {
    String last = o.identity().substring(o.identity().lastIndexOf(' ') + 1);
    return last.matches("[0-9a-f]{64}") ? last.substring(0, 12) : "";
  }

  /** Those that succeeded, with a header. */
  public static String table(Collection<Outcome> outcomes) {
    StringBuilder out = new StringBuilder();
    for (Outcome o : outcomes) {
      if (o.error() == null) {
        out.append(row(o, out.isEmpty()));
      }
    }
    return out.toString();
  }
}
