package org.emslens.app.heatmap;

import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import org.emslens.app.lens.Job;
import org.emslens.app.lens.Lens;
import org.emslens.engine.scores.RepetitionMap;
import org.emslens.session.Run;

/** Whether one looks at the open prompt as the model repeats it, rather than as it read it. */
public final class RepetitionModel {
  private final Lens lens;
  private Job job;
  private final BooleanProperty wanted = new SimpleBooleanProperty(this, "wanted");
  private final ReadOnlyObjectWrapper<RepetitionMap> map = new ReadOnlyObjectWrapper<>(this, "map");

  public RepetitionModel(Lens lens) {
    this.lens = lens;
    wanted.addListener((o, before, now) -> turned(now));
    lens.runProperty().addListener((o, before, now) -> shown(now));
    lens.readingBinding()
        .addListener(
            (o, before, now) -> {
              // What is read takes the place of the prompt that is being repeated.
              if (now && job != null) {
                wanted.set(false);
              }
            });
  }

  /** Setting it reads the prompt once more, or ends that. */
  public BooleanProperty wantedProperty() {
    return wanted;
  }

  /** The map once it is there, else null. */
  public ReadOnlyObjectProperty<RepetitionMap> mapProperty() {
    return map.getReadOnlyProperty();
  }

  private void turned(boolean on) {
    map.set(null);
    if (job != null) {
      job.cancel();
      job = null;
    }
    if (on) {
      Job[] begun = new Job[1];
      begun[0] = lens.repeat(this::came, end -> ended(begun[0], end));
      job = begun[0];
    }
  }

  private void came(RepetitionMap made) {
    Run run = lens.runProperty().get();
    if (wanted.get() && run != null && made.isOf(run.prefill())) {
      map.set(made);
    }
  }

  /** One that another has replaced since says nothing of what is wanted now. */
  private void ended(Job which, Job.End end) {
    if (which == job) {
      job = null;
      wanted.set(map.get() != null);
    }
  }

  /** Another prompt's repetition is not this one's. */
  private void shown(Run now) {
    RepetitionMap m = map.get();
    if (m != null && (now == null || !m.isOf(now.prefill()))) {
      wanted.set(false);
    }
  }
}
