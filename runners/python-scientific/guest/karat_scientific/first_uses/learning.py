"""scikit-learn: its models, its own data, its measures."""


def learning(folder):
    from sklearn import (
        cluster,
        datasets,
        decomposition,
        ensemble,
        linear_model,
        manifold,
        metrics,
        model_selection,
        naive_bayes,
        neighbors,
        neural_network,
        pipeline,
        preprocessing,
        svm,
        tree,
    )
    from sklearn.feature_extraction import text
    from sklearn.impute import SimpleImputer

    for load in (datasets.load_iris, datasets.load_wine, datasets.load_breast_cancer, datasets.load_diabetes):
        x, y = load(return_X_y=True)
    x, y = datasets.load_iris(return_X_y=True, as_frame=True)
    x, y = x.to_numpy()[::5], y.to_numpy()[::5]
    train, test, train_y, test_y = model_selection.train_test_split(x, y, random_state=1)
    for model in (
        linear_model.LinearRegression(),
        linear_model.LogisticRegression(max_iter=200),
        linear_model.Ridge(),
        linear_model.Lasso(),
        svm.SVC(),
        svm.SVR(),
        svm.LinearSVC(),
        tree.DecisionTreeClassifier(),
        tree.DecisionTreeRegressor(),
        ensemble.RandomForestClassifier(3),
        ensemble.RandomForestRegressor(3),
        ensemble.GradientBoostingClassifier(n_estimators=2),
        ensemble.AdaBoostClassifier(n_estimators=2),
        naive_bayes.GaussianNB(),
        naive_bayes.MultinomialNB(),
        neighbors.KNeighborsClassifier(3),
        neural_network.MLPClassifier((3,), max_iter=2),
        linear_model.SGDClassifier(),
        pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()),
    ):
        str(model.fit(train, train_y)), repr(model), model._repr_html_(), model.predict(test), model.score(test, test_y)
    model_selection.cross_val_score(tree.DecisionTreeClassifier(), x, y, cv=2), model_selection.KFold(2).get_n_splits()
    model_selection.GridSearchCV(tree.DecisionTreeClassifier(), {"max_depth": [1, 2]}, cv=2).fit(x, y)
    for model in (
        cluster.KMeans(3, n_init=1),
        cluster.DBSCAN(),
        cluster.AgglomerativeClustering(2),
        decomposition.PCA(2),
        preprocessing.MinMaxScaler(),
        preprocessing.StandardScaler(),
        preprocessing.OneHotEncoder(),
        SimpleImputer(),
        preprocessing.PolynomialFeatures(2),
        manifold.TSNE(perplexity=3, max_iter=250),
        decomposition.NMF(2, max_iter=5),
    ):
        (model.fit_predict if hasattr(model, "fit_predict") else model.fit_transform)(x)
    preprocessing.LabelEncoder().fit_transform(["a", "b"]), preprocessing.normalize(x)
    words = ["some words are here", "more words than there were", "here are words"]
    for model in (text.CountVectorizer(), text.TfidfVectorizer(stop_words="english"), text.HashingVectorizer()):
        matrix = model.fit_transform(words)
    metrics.pairwise.cosine_similarity(matrix), metrics.confusion_matrix(y, y), metrics.classification_report(y, y)
    metrics.accuracy_score(y, y), metrics.mean_squared_error(y, y), metrics.roc_auc_score([0, 1], [0.1, 0.9])
    (
        metrics.roc_curve([0, 1], [0.1, 0.9]),
        metrics.f1_score([0, 1], [0, 1]),
        metrics.r2_score(y, y),
        metrics.silhouette_score(x, y),
    )
    decomposition.LatentDirichletAllocation(2, max_iter=1).fit(text.CountVectorizer().fit_transform(words))
    (
        datasets.make_classification(20, random_state=1),
        datasets.make_blobs(20, random_state=1),
        datasets.make_regression(20),
    )
