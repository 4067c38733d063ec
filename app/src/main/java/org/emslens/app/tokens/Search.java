package org.emslens.app.tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import org.emslens.text.Token;

/** Finds a text among tokens, however they split it; case does not count. */
public final class Search {
  private final StringProperty wanted = new SimpleStringProperty(this, "wanted", "");
  private final ObjectProperty<List<Place>> found =
      new SimpleObjectProperty<>(this, "found", List.of());
  private final IntegerProperty at = new SimpleIntegerProperty(this, "at", -1);
  private List<Token> tokens = List.of();

  /**
   * A place where the text stands.
   *
   * @param first token of it; likewise last
   */
  public record Place(int first, int last) {}

  public Search() {
    wanted.addListener((o, before, now) -> find());
  }

  /** What is searched in. */
  void setTokens(List<Token> now) {
    tokens = now;
    int stay = at.get();
    List<Place> before = found.get();
    List<Place> places = places();
    found.set(places);
    boolean same = stay >= 0 && stay < places.size() && before.get(stay).equals(places.get(stay));
    if (!same) {
      at.set(-1);
      at.set(places.isEmpty() ? -1 : 0);
    }
  }

  private void find() {
    found.set(places());
    at.set(-1);
    at.set(found.get().isEmpty() ? -1 : 0);
  }

  private List<Place> places() {
    String text = wanted.get().toLowerCase(Locale.ROOT);
    List<Place> places = new ArrayList<>();
    if (!text.isEmpty()) {
      StringBuilder all = new StringBuilder();
      int[] ends = new int[tokens.size()];
      for (int i = 0; i < ends.length; i++) {
        all.append(tokens.get(i).text());
        ends[i] = all.length();
      }
      String in = all.toString().toLowerCase(Locale.ROOT);
      int token = 0;
      for (int p = in.indexOf(text); p >= 0; p = in.indexOf(text, p + text.length())) {
        while (token < ends.length - 1 && ends[token] <= p) {
          token++;
        }
        int last = token;
        while (last < ends.length - 1 && ends[last] < p + text.length()) {
          last++;
        }
        places.add(new Place(token, last));
      }
    }
    return List.copyOf(places);
  }

  /** Goes to the next place, from the last one to the first. */
  public void next() {
    move(1);
  }

  public void previous() {
    move(-1);
  }

  private void move(int by) {
    int n = found.get().size();
    if (n > 0) {
      at.set(Math.floorMod(at.get() + by, n));
    }
  }

  /** What is looked for; nothing is found where it is empty. */
  public StringProperty wantedProperty() {
    return wanted;
  }

  public ReadOnlyObjectProperty<List<Place>> foundProperty() {
    return found;
  }

  /** Number of the place that is looked at, or -1. */
  public ReadOnlyIntegerProperty atProperty() {
    return at;
  }

  /** First token of that place, or -1. */
  int token() {
    return at.get() < 0 ? -1 : found.get().get(at.get()).first();
  }

  /** Whether a token is part of a place. */
  boolean holds(int token) {
    return found.get().stream().anyMatch(p -> token >= p.first() && token <= p.last());
  }
}
