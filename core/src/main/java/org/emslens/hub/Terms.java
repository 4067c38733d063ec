package org.emslens.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.emslens.format.AtomicFile;
import org.emslens.format.TextFiles;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/**
 * Terms that a user accepts before a model is fetched; they are kept beside it.
 *
 * @param address where they are published
 * @param sources of their text, a page of HTML, in order of preference
 */
public record Terms(String title, String address, List<Source> sources) {
  private static final String PAGE = "terms.html";
  private static final String ACCEPTED = "terms-accepted";

  /** About the size of such a page, which is all that progress needs. */
  private static final long BYTES = 200_000;

  public Terms {
    sources = List.copyOf(sources);
  }

  /** Whether they were accepted for the model in this folder. */
  boolean acceptedIn(Path folder) {
    return Files.exists(folder.resolve(ACCEPTED));
  }

  /** Shows them to the user, who accepts them or ends the fetch. */
  void ask(Path folder, FetchListener listener) throws IOException {
    Path page = folder.resolve(PAGE);
    if (!Files.exists(page)) {
      fetch(page, listener);
    }
    if (!listener.accepts(this, text(page))) {
      throw new IOException(
          "The model may be used under its terms only, which were not accepted: "
              + title
              + ", "
              + address
              + ".");
    }
    Files.writeString(folder.resolve(ACCEPTED), title + System.lineSeparator() + address);
  }

  private void fetch(Path page, FetchListener listener) throws IOException {
    Path part = page.resolveSibling(PAGE + ".part");
    CatalogueEntry small = new CatalogueEntry("", title, "", PAGE, BYTES, "", null, List.of());
    List<String> failures = new ArrayList<>();
    for (Source s : sources) {
      try {
        listener.at(s.title(), 0, BYTES);
        s.fetch(small, part, listener);
        AtomicFile.move(part, page);
        return;
      } catch (IOException e) {
        failures.add(e.getMessage());
      }
    }
    throw new IOException(
        "'" + title + "' cannot be fetched to be shown: " + String.join(" ", failures));
  }

  /** What the page says, without what is around it: headings, paragraphs and list items. */
  private static String text(Path page) throws IOException {
    Document html = Jsoup.parse(TextFiles.read(page));
    // The nearest around the text: what holds that has the site's navigation as well.
    Element body =
        Stream.of(".devsite-article-body", "article", "main")
            .map(html::selectFirst)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(html.body());
    return body.select("h1, h2, h3, h4, p, li:not(:has(p))").eachText().stream()
        .collect(Collectors.joining("\n\n"));
  }
}
