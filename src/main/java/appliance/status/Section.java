package appliance.status;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one component tells about itself at one moment, in the order to be shown. */
public record Section(List<Field> fields) {

  public Section {
    fields = List.copyOf(fields);
  }

  /** The JSON object of this section. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    fields.forEach(field -> json.put(field.name(), field.json()));
    return json;
  }

  /**
   * Several of one kind as one: numbers added up, different texts one after the other, a flag if any has it.
   *
   * @param all with the same fields, one at least
   */
  public static Section sum(List<Section> all) {
    Map<String, Field> sums = new LinkedHashMap<>();
    all.forEach(one -> one.fields.forEach(field -> sums.merge(field.name(), field, Field::plus)));
    return new Section(List.copyOf(sums.values()));
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Collects fields in the order of the calls. */
  public static final class Builder {

    private final List<Field> fields = new ArrayList<>();

    private Builder() {}

    public Builder text(String name, String value) {
      return add(new Field.Text(name, value));
    }

    public Builder flag(String name, boolean value) {
      return add(new Field.Flag(name, value));
    }

    public Builder gauge(String name, Number value) {
      return add(new Field.Gauge(name, value));
    }

    public Builder counter(String name, Number value) {
      return add(new Field.Counter(name, value));
    }

    private Builder add(Field field) {
      fields.add(field);
      return this;
    }

    public Section build() {
      return new Section(fields);
    }
  }
}
