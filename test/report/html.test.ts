import { html, withArticle } from '#src/report/html.js';

test('text is escaped, HTML is not', () => {
  const name = `<img src=x onerror="alert('1')">&`;
  const escaped = '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;';
  expect(html`<p title="${name}">${name} ${3}</p>`.html).toBe(`<p title="${escaped}">${escaped} 3</p>`);
  const items = [1, 2].map((n) => html`<li>${n}</li>`);
  expect(html`${items}`.html).toBe('<li>1</li>\n<li>2</li>');
});

test('digits have the right article', () => {
  expect([1, 8, 9].map(withArticle)).toEqual(['a 1', 'an 8', 'a 9']);
});
